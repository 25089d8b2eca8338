import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageOf } from '../../support/http.ts'
import { KeepAlive } from '../../support/keep-alive.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

/** All messages of the run; they come in batches over as many connections as a busy desk has. */
const messages = 100_000
const batch = 100
const connections = 8
const warmUpBatches = 100
/** What may stay in memory after 90,000 messages: a leak of 1 KiB for each would be 88 MiB. */
const maxGrowthMiB = 24

let core: McpCore
let lines: ReadonlyArray<KeepAlive>
let collectGarbage: () => void

beforeAll(async () => {
  setFlagsFromString('--expose-gc')
  collectGarbage = runInNewContext('gc') as () => void
  core = await startMcpCore({ limits: { perSecond: 1e9, burst: 1e9 }, approvalTimeoutMs: 100 })
  const { secret } = core.key()
  lines = Array.from({ length: connections }, () => new KeepAlive(core.port, secret))
})
afterAll(async () => {
  for (const line of lines) line.close()
  await core.close()
})

const method = fc.oneof(
  fc.constantFrom(
    'tools/call',
    'tools/call',
    'tools/list',
    'initialize',
    'ping',
    'server/discover',
    'notifications/cancelled',
    'resources/list',
    'resources/read',
    'prompts/get',
    'tasks/get',
    'tasks/cancel',
    'completion/complete',
    'logging/setLevel',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 20 }),
)
const name = fc.oneof(
  fc.constantFrom(
    'openclaw_instances',
    'openclaw_status',
    'openclaw_task_status',
    'openclaw_task_list',
    'secrets_list',
    'http_request',
    'approval_status',
    '__proto__',
  ),
  fc.string({ maxLength: 20 }),
)
const anything = fc.jsonValue({ maxDepth: 3 })
const args = fc.oneof(
  fc.record(
    {
      url: fc.oneof(fc.webUrl(), fc.string()),
      method: fc.constantFrom('GET', 'POST', 'get', 'TRACE', ''),
      headers: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 }), { maxKeys: 3 }),
      reason: fc.string(),
      id: fc.string(),
      instance: fc.string(),
      task_id: fc.string(),
    },
    { requiredKeys: [] },
  ),
  anything,
)
const id = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }))
const shaped = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof({ weight: 5, arbitrary: id }, anything),
    method,
    params: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ name, arguments: args, requestId: anything, _meta: anything }, { requiredKeys: [] }),
      },
      anything,
    ),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
)
const body = fc.oneof(
  { weight: 8, arbitrary: shaped.map((message) => JSON.stringify(message)) },
  { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.tuple(shaped, fc.nat()).map(([message, at]) => cut(JSON.stringify(message), at)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
)
const headers = fc.constantFrom<ReadonlyArray<string>>(
  [],
  [],
  [],
  ['Mcp-Protocol-Version: 2025-11-25'],
  ['Mcp-Protocol-Version: 2026-07-28'],
  ['Mcp-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: secrets_list'],
  ['Mcp-Protocol-Version: x'],
)

function cut(text: string, at: number): string {
  return text.slice(0, at % Math.max(1, text.length))
}

type Sent = { readonly body: string | Buffer; readonly headers: ReadonlyArray<string> }

/** What must come back, known without asking the server: only the cases that leave no doubt. */
function expectedOf({ body: sent, headers: more }: Sent): 'refused' | { id: string | number } | null {
  const message = parse(sent.toString())
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'refused'
  const { id: sentId, method: asked } = message as { id?: unknown; method?: unknown }
  const isPlain = more.length === 0 && asked === 'ping' && !('params' in message)
  return isPlain && (typeof sentId === 'string' || Number.isSafeInteger(sentId)) ? { id: sentId as string } : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function send(sent: ReadonlyArray<Sent>): Promise<void> {
  const queue = [...sent]
  await Promise.all(
    lines.map(async (line) => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const answer = await line.post(next.body, next.headers)
        if (![200, 202, 400, 404].includes(answer.status)) throw new Error(`Status ${answer.status}: ${answer.text}`)
        if (/"internal"|node_modules|at .*\.ts:\d/.test(answer.text)) throw new Error(`A fault of ours: ${answer.text}`)
        const expected = expectedOf(next)
        if (expected === 'refused' && answer.status !== 400) throw new Error(`Not refused, but ${answer.status}`)
        if (expected !== null && expected !== 'refused') {
          const { id: answeredId } = messageOf({ ...answer, headers: {} }) as { id?: unknown }
          if (answer.status !== 200 || answeredId !== expected.id) throw new Error(`Not answered: ${answer.text}`)
        }
      }
    }),
  )
}

test(`${messages} messages of every kind are answered with the right code, without a fault and without growth`, async () => {
  let batches = 0
  let baseline = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ body, headers }), { minLength: batch, maxLength: batch }), async (sent) => {
      await send(sent)
      if (++batches === warmUpBatches) baseline = heapMiB()
    }),
    { numRuns: messages / batch, endOnFailure: true },
  )
  expect(heapMiB() - baseline).toBeLessThan(maxGrowthMiB)
  expect(core.approvals.pendingCount).toBe(0)
  const answer = await lines[0]?.post('{"jsonrpc":"2.0","id":"still there","method":"tools/list"}')
  expect([answer?.status, answer?.text]).toEqual([200, expect.stringContaining('"still there"')])
}, 300_000)

function heapMiB(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1024 ** 2
}
