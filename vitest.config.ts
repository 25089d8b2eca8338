import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/**
 * Tests of whole parts on real files, sockets and many key derivations. `npm run check` leaves them to `npm test`, to stay
 * under a minute.
 */
const wholeParts = [
  'test/main/approvals/{approvals,endings,gate,grants,made-ready}.test.ts',
  'test/main/audit/{audit-log,full-disk,join,tamper}.test.ts',
  'test/main/broker/{assistant-egress,failures}.test.ts',
  'test/main/mcp/{crowd,door-certificate,door-keeper,key-import,key-rotation,wire-attacks}.test.ts',
  'test/main/mcp/{access,api-keys,door,fuzz,introspection,introspection-door,network-door,oidc-provider,long-answers,open-calls,openclaw-*,rounds,session-leg,session-streams,sessions,slow-answers,stdio-bridge*,tasks-extension}.test.ts',
  'test/main/assistants/{engine-away,gateway-client,last-orders,own-parts}.test.ts',
  'test/main/cli/serve-command.test.ts',
  'test/main/{connect,control,health,oauth,tasks}/*.test.ts',
  'test/main/cli/interrupt.test.ts',
  'test/main/{upkeep*,older-vault*,quick-unlock}.test.ts',
  'test/main/ipc/{item,transfer,ways}-handlers.test.ts',
  'test/main/vault-{import,export}/*.test.ts',
  'test/main/vault/{backup,epochs,lock,files*,item-kinds,model-whole,overview-parts,records,recovery,rotation,tamper*,vault,whole-full-disk}.test.ts',
]

/** Integration tests that start containers: one after another, beside those that start none. */
const withEngine = ['test/integration/assistants*.test.ts', 'test/integration/{canary,cli-running,resilience}.test.ts']

/** Integration tests that compare times: nothing else runs beside them. */
const alone = ['test/integration/mcp-load.test.ts']

export default defineConfig({
  test: {
    // One worker for many files: loading the modules anew for each cost half of the time. What a test changes it puts back.
    isolate: false,
    // Every core: unit tests start little of their own, and what waits for a disk or a clock leaves the core to another.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/main/**/*.test.ts', 'test/shared/**/*.test.ts', 'test/scripts/**/*.test.mjs'],
          exclude: wholeParts,
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'parts',
          environment: 'node',
          include: wholeParts,
          testTimeout: 15_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          environment: 'node',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...withEngine, ...alone],
          // Most of them keep the machine busy by themselves; beside these there is one file of the next project at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'engine',
          environment: 'node',
          include: withEngine,
          globalSetup: ['test/integration/engine-setup.ts'],
          // They share one container engine and measure each other's ports.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'load',
          environment: 'node',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
