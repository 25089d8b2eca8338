import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
} from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport as FirstTransportType } from '@modelcontextprotocol/sdk/shared/transport.js'
import { Approvals } from '../../src/main/approvals/approvals.ts'
import { Gate } from '../../src/main/approvals/gate.ts'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { Broker } from '../../src/main/broker/broker.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { Answers } from '../../src/main/mcp/answers.ts'
import { ApiKeys } from '../../src/main/mcp/api-keys.ts'
import type { Limits } from '../../src/main/mcp/limits.ts'
import { McpServer } from '../../src/main/mcp/mcp-server.ts'
import type { Offer } from '../../src/main/mcp/offer.ts'
import { runTasks } from '../../src/main/mcp/run-tasks.ts'
import { runStdioBridge } from '../../src/main/mcp/stdio-bridge.ts'
import type { TokenVerifier } from '../../src/main/mcp/token-verifier.ts'
import { createOAuthRoutes } from '../../src/main/oauth/oauth-server.ts'
import { SignIns } from '../../src/main/oauth/sign-ins.ts'
import { createTools } from '../../src/main/mcp/tools/tools.ts'
import { PolicyStore } from '../../src/main/policy/policy-store.ts'
import type { TaskLimits } from '../../src/main/tasks/limits.ts'
import { Tasks } from '../../src/main/tasks/tasks.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { DoorSettings } from '../../src/shared/models/door.ts'
import type { ApiKey, Scope } from '../../src/shared/models/api-key.ts'
import { scopes as allScopes } from '../../src/shared/models/api-key.ts'
import { LoopbackAssistant } from './loopback-gateway.ts'
import { startUpstream } from './upstream.ts'

export const password = 'correct horse battery staple'
export const canary = 'canary-7f3a9c51e2d84b60-value'

export type McpCore = Awaited<ReturnType<typeof startMcpCore>>

type CoreOptions = {
  /** An existing home is opened again and kept at the end; a new one is removed. */
  home?: string
  limits?: Partial<Limits>
  door?: Partial<DoorSettings>
  /** Asked after the API keys. */
  verifier?: TokenVerifier
  /** The provider that programs are sent to for a token. */
  elsewhere?: Parameters<typeof createOAuthRoutes>[0]['elsewhere']
  approvalTimeoutMs?: number
  /** Of an assistant's gateway that is another program. */
  gatewayPort?: number
  taskLimits?: Partial<TaskLimits>
  /** Instead of the app's own tools. */
  offer?: Offer
}

/** The real core around the MCP server: vault, audit log, policy, approvals, gate, broker, and a small outside world on loopback. */
export async function startMcpCore(options: CoreOptions = {}) {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'clawkeep-mcp-'))
  const clock = systemClock
  const events = new ChangeEvents()
  const vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
  const audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events })
  const { items, records } = vault
  const policy = new PolicyStore({ records, events, vault })
  const timeoutMs = (): number => options.approvalTimeoutMs ?? 60_000
  const approvals = new Approvals({ vault, records, audit, clock, events, timeoutMs })
  const gate = new Gate({ vault, audit, policy, approvals, clock })
  const broker = new Broker({ items, policy: () => policy.get() })
  const apiKeys = new ApiKeys({ records, vault, clock, events })
  const signIns = new SignIns({ records, vault, clock, events, settings: { get: () => ({ accessTokenMinutes: 30 }) } })
  const assistant = new LoopbackAssistant(options.gatewayPort)
  await assistant.listen()
  const upstream = await startUpstream()
  await (vault.state === 'absent' ? vault.create(password) : vault.unlock(password))
  policy.set({
    ...policy.get(),
    network: [{ id: 'test-upstream', host: '127.0.0.1', port: upstream.port, note: 'loopback in tests' }],
  })
  const item =
    items.list().find(({ name }) => name === 'github') ??
    items.add({
      kind: 'api-key',
      name: 'github',
      hosts: [`127.0.0.1:${upstream.port}`],
      userName: '',
      secret: canary,
      notes: '',
    })
  const tasks = new Tasks({ records, vault, clock, events, limits: options.taskLimits ?? {} })
  const answers = new Answers({ clock, onLock: (listener) => vault.onLock(listener) })
  const offer = options.offer ?? {
    tools: createTools({ supervisor: assistant, items, broker, approvals, tasks, answers }),
    resources: answers.resources,
    changes: answers.changes,
  }
  const isLocked = (): boolean => vault.state !== 'unlocked'
  const verifiers: ReadonlyArray<TokenVerifier> = [
    apiKeys,
    signIns,
    ...(options.verifier === undefined ? [] : [options.verifier]),
  ]
  const { tools } = offer
  runTasks({ tasks, tools, apiKeys, signIns, verifiers, supervisor: assistant, gate, audit, isLocked, events, clock })
  const server = new McpServer({
    verifiers,
    openRoutes: createOAuthRoutes({
      vault,
      items,
      policy,
      approvals,
      audit,
      clock,
      signIns,
      apiKeys,
      records,
      ...(options.elsewhere === undefined ? {} : { elsewhere: options.elsewhere }),
    }),
    offer,
    tasks,
    gate,
    audit,
    clock,
    isLocked,
    onLock: (listener) => vault.onLock(listener),
    version: '0.0.0-test',
    door: DoorSettings.parse(options.door ?? {}),
    certificateFolder: join(home, 'tls'),
    limits: options.limits ?? {},
  })
  const { url, port } = await server.listen(0, { exact: true })

  return {
    home,
    vault,
    audit,
    policy,
    approvals,
    apiKeys,
    tasks,
    answers,
    signIns,
    assistant,
    upstream,
    item,
    server,
    url,
    port,
    events,
    key: (
      scopes: ReadonlyArray<Scope> = allScopes,
      expiresInDays: number | null = null,
    ): { key: ApiKey; secret: string } =>
      apiKeys.create({ name: 'claude', scopes: [...scopes], expiresInDays }, 'window'),
    close: async (): Promise<void> => {
      await server.close()
      tasks.dispose()
      await assistant.close()
      await upstream.close()
      approvals.dispose()
      apiKeys.dispose()
      signIns.dispose()
      // A test may have closed the log itself, to see what happens then.
      await audit.flush().catch(() => undefined)
      audit.close()
      vault.close()
      if (options.home === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

export type CallOptions = {
  signal?: AbortSignal
  onProgress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void
  timeoutMs?: number
}
export type CallAnswer = {
  content: ReadonlyArray<{ type: string; text?: string }>
  structuredContent?: unknown
  isError?: boolean
}

/** What the tests do with any client, whichever SDK it is built on. */
export type TestClient = {
  tools(): Promise<ReadonlyArray<{ name: string; inputSchema: unknown; outputSchema?: unknown }>>
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<CallAnswer>
  close(): Promise<void>
}

export type Connect = (core: { url: string }, secret: string) => Promise<TestClient>

const clientInfo = { name: 'clawkeep-test', version: '1.0.0' }

/** The first SDK, which most clients in the field are built on; it opens with `initialize`. */
const connectFirst: Connect = async ({ url }, secret) => {
  const client = new FirstClient(clientInfo)
  const transport = new FirstTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${secret}` } },
  })
  await client.connect(transport as FirstTransportType)
  return firstClient(client)
}

function firstClient(client: FirstClient): TestClient {
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args = {}, options = {}) =>
      (await client.callTool({ name, arguments: args }, undefined, requestOptions(options))) as unknown as CallAnswer,
    close: () => client.close(),
  }
}

function connectCurrent(mode: 'auto' | 'legacy' | { pin: string }): Connect {
  return async ({ url }, secret) => {
    const client = new CurrentClient(clientInfo, { versionNegotiation: { mode } })
    await client.connect(
      new CurrentTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${secret}` } } }),
    )
    return {
      tools: async () => (await client.listTools()).tools,
      call: async (name, args = {}, options = {}) =>
        (await client.callTool({ name, arguments: args }, requestOptions(options))) as unknown as CallAnswer,
      close: () => client.close(),
    }
  }
}

/** The first SDK's client over the stdio bridge, without a process between: the bridge's own streams are the pipe. */
const connectBridge: Connect = async ({ url }, secret) => {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const stop = new AbortController()
  const done = runStdioBridge({
    locate: async () => ({ url, locked: false }),
    key: secret,
    stdin,
    stdout,
    signal: stop.signal,
  })
  const client = new FirstClient(clientInfo)
  await client.connect(pipeTransport(stdin, stdout))
  return {
    ...firstClient(client),
    close: async () => {
      await client.close()
      stop.abort()
      await done
    },
  }
}

function pipeTransport(stdin: PassThrough, stdout: PassThrough): FirstTransportType {
  const transport: FirstTransportType = {
    start: async () => {
      let rest = ''
      stdout.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        // A line that is not protocol throws here and fails the test.
        for (const line of lines) transport.onmessage?.(JSON.parse(line))
      })
    },
    send: async (message) => void stdin.write(`${JSON.stringify(message)}\n`),
    close: async () => {
      stdin.end()
      transport.onclose?.()
    },
  }
  return transport
}

function requestOptions({ signal, onProgress, timeoutMs }: CallOptions) {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onprogress: onProgress, resetTimeoutOnProgress: true }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  }
}

/** Every kind of client that must work. */
export const clients: ReadonlyArray<[name: string, connect: Connect]> = [
  ['the first SDK', connectFirst],
  ['the current SDK, auto', connectCurrent('auto')],
  ['the current SDK, session era', connectCurrent('legacy')],
  ['the current SDK, 2026-07-28', connectCurrent({ pin: '2026-07-28' })],
  ['the stdio bridge', connectBridge],
]
