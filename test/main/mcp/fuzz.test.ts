import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1e9, burst: 1e9 } })
})
afterAll(() => core.close())

const method = fc.oneof(
  fc.constantFrom(
    'tools/call',
    'tools/list',
    'initialize',
    'ping',
    'server/discover',
    'subscriptions/listen',
    'notifications/cancelled',
    'resources/list',
    'logging/setLevel',
    '__proto__',
    'constructor',
  ),
  fc.string(),
)
const name = fc.oneof(
  fc.constantFrom(
    'openclaw_instances',
    'openclaw_status',
    'secrets_list',
    'http_request',
    'approval_status',
    '__proto__',
  ),
  fc.string(),
)
const args = fc.oneof(
  fc.record(
    {
      url: fc.oneof(fc.webUrl(), fc.string()),
      method: fc.string(),
      reason: fc.string(),
      id: fc.string(),
      instance: fc.string(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
)
const shaped = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
    method,
    params: fc.record(
      { name, arguments: args, requestId: fc.jsonValue(), _meta: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
)
const headers = fc.constantFrom<Record<string, string>>(
  {},
  {},
  { 'mcp-protocol-version': '2026-07-28' },
  { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'secrets_list' },
  { 'mcp-protocol-version': 'x' },
  { 'mcp-session-id': 'stolen' },
)

test('whatever message comes is answered, and never with a fault of ours', async () => {
  const { secret } = core.key()
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: shaped }, fc.jsonValue()), headers, async (message, more) => {
      const { status, text } = await send(core.port, {
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...more },
        body: JSON.stringify(message),
      })
      expect([200, 202, 400, 404]).toContain(status)
      expect(text).not.toContain('"internal"')
      expect(text).not.toMatch(/node_modules|at .*\.ts:\d/)
    }),
    { numRuns: 1000 },
  )
  expect(core.approvals.pendingCount).toBe(0)
}, 60_000)
