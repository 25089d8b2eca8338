import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Connections } from '../../../src/main/connect/connections.ts'
import { findLauncher } from '../../../src/main/connect/launcher.ts'
import type { Machine } from '../../../src/main/connect/machine.ts'
import { systemClock } from '../../../src/main/clock.ts'
import type { Asker } from '../../../src/shared/models/asker.ts'
import type {
  Connection,
  ConnectionAct,
  ConnectionPlan,
  PlanInput,
  ProgramId,
} from '../../../src/shared/models/connection.ts'
import type { McpCore } from '../../support/mcp.ts'
import { repoRoot } from '../../support/spawn-core.ts'
import { type Scratch, scratch } from './scratch.ts'

export const person: Asker = { kind: 'person', id: 'window' }

type More = Partial<Pick<PlanInput, 'scopes' | 'replace'>>

/** A real core with its MCP server, and a computer of its own whose programs it writes into. */
export type ConnectedCore = {
  readonly core: McpCore
  readonly computer: Scratch
  readonly machine: Machine
  readonly connections: Connections
  /** The same on another computer. */
  readonly withMachine: (machine: Machine) => Connections
  /** The address that is handed out; null as long as nothing listens. */
  readonly address: { mcpUrl: string | null }
  readonly plan: (program: ProgramId, act: ConnectionAct, more?: More) => ConnectionPlan
  /** Looks at the change and agrees to it. */
  readonly act: (program: ProgramId, act: ConnectionAct, more?: More) => Promise<Connection>
  readonly state: (program: ProgramId) => Connection
  readonly close: () => void
}

/** A new computer for a core; `close` leaves the core as it was before, and running. */
export function connectedCore(core: ConnectedCore['core']): ConnectedCore {
  const computer = scratch()
  const machine: Machine = { platform: 'linux', home: computer.folder, env: { PATH: '' } }
  const address: { mcpUrl: string | null } = { mcpUrl: core.url }
  const withMachine = (on: Machine): Connections =>
    new Connections({
      home: core.home,
      machine: on,
      launcher: findLauncher(repoRoot),
      vault: core.vault,
      apiKeys: core.apiKeys,
      audit: core.audit,
      clock: systemClock,
      events: core.events,
      mcpUrl: () => address.mcpUrl,
      usualUrl: () => 'http://127.0.0.1:7420/mcp',
    })
  const connections = withMachine(machine)
  const plan: ConnectedCore['plan'] = (program, act, more = {}) =>
    connections.plan({ program, act, replace: false, ...more })
  return {
    core,
    computer,
    machine,
    connections,
    withMachine,
    address,
    plan,
    act: (program, act, more = {}) => {
      const { digest } = plan(program, act, more)
      return connections[act]({ program, replace: false, ...more, digest }, person)
    },
    state: (program) => {
      const found = connections.list().find((each) => each.program === program)
      if (found === undefined) throw new Error(`${program} is not listed`)
      return found
    },
    close: () => {
      connections.dispose()
      computer.remove()
      rmSync(join(core.home, 'connections'), { recursive: true, force: true })
      if (core.vault.state !== 'unlocked') return
      for (const { id } of core.vault.records.list('connection')) core.vault.records.remove('connection', id)
      for (const { id } of core.apiKeys.list()) core.apiKeys.revoke(id)
    },
  }
}
