import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAssistantEgress, type Egress } from '../../../src/main/broker/assistant-egress.ts'
import { Broker } from '../../../src/main/broker/broker.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { openDesk, type Desk } from '../approvals/desk.ts'
import { certificate, serve, type Upstream } from './upstream-servers.ts'

const asker = { kind: 'assistant', id: 'ast_1', name: 'gardener' } as const
const never = new AbortController().signal
const token = 'tok_0123456789abcdef'

let desk: Desk
let server: Upstream
let egress: Egress

beforeEach(async () => {
  desk = await openDesk()
  server = await serve((_, response) => response.end(`you sent ${token}`))
  desk.vault.items.add({
    kind: 'api-key',
    name: 'github',
    hosts: [`localhost:${server.port}`],
    userName: '',
    secret: token,
    notes: '',
  })
  const network = [{ id: 'test', host: 'localhost', port: server.port, ca: certificate.ca, note: '' }]
  desk.policy.set({ ...defaultPolicy, network })
  const broker = new Broker({ items: desk.vault.items, vault: desk.vault, policy: () => desk.policy.get() })
  egress = createAssistantEgress({ broker, gate: desk.gate })
})
afterEach(async () => {
  await server.close()
  desk.close()
})

const request = (more: Partial<Parameters<Egress>[1]> = {}): Parameters<Egress>[1] => ({
  method: 'POST',
  url: `https://localhost:${server.port}/issues`,
  headers: [{ name: 'Authorization', value: 'Bearer {{secret:github}}' }],
  body: Buffer.from('{"title":"Water the tomatoes"}'),
  reason: 'File the issue.',
  ...more,
})

test('the whole walk: asked, allowed, filled, sent, redacted, logged', async () => {
  const sending = egress(asker, request(), never)
  const [shown] = await desk.pending()
  expect(shown).toMatchObject({
    asker,
    tool: 'egress',
    secrets: [{ name: 'github', placement: 'header Authorization' }],
  })
  expect(JSON.stringify(desk.approvals.list())).not.toContain(token)
  expect(server.seen).toHaveLength(0)
  await desk.approvals.decide(shown?.id ?? '', { answer: 'allow' }, 'window')
  const answer = await sending
  expect(answer.body.toString()).toBe('you sent [secret:github]')
  expect(server.seen[0]?.rawHeaders).toContain(`Bearer ${token}`)
  await desk.audit.flush()
  const [close, open] = desk.entries('egress.request')
  expect(open).toMatchObject({ phase: 'open', host: `localhost:${server.port}`, method: 'POST' })
  expect(close).toMatchObject({
    phase: 'close',
    op: open?.op,
    rule: shown?.id,
    decision: 'allow',
    outcome: 'ok',
    code: '200',
  })
  expect(JSON.stringify(desk.entries('egress.request'))).not.toContain('tomatoes')
})

test('denied: nothing is sent and the reason comes back', async () => {
  const sending = egress(asker, request(), never)
  const [shown] = await desk.pending()
  await desk.approvals.decide(shown?.id ?? '', { answer: 'deny', reason: 'Too early.' }, 'window')
  await expect(sending).rejects.toMatchObject({ code: 'refused', hint: 'Too early.' })
  expect(server.seen).toHaveLength(0)
})

test('the same call with another body is another question', async () => {
  const other = request({ body: Buffer.from('{"title":"Transfer the money"}') })
  const both = Promise.allSettled([egress(asker, request(), never), egress(asker, other, never)])
  const pending = await desk.pending(2)
  for (const { id } of pending) await desk.approvals.decide(id, { answer: 'deny', reason: '' }, 'window')
  await both
  expect(pending).toHaveLength(2)
})

test.each([
  ['a guess at names', { headers: [{ name: 'X', value: '{{secret:bank}}' }] }, 'refused'],
  ['an address on this machine', { url: 'http://127.0.0.1:7420/mcp', headers: [] }, 'refused'],
  ['a broken URL', { url: 'https://ada@a.example/' }, 'invalid'],
])('%s asks nobody and leaves a trace in the log', async (_, more, code) => {
  await expect(egress(asker, request(more), never)).rejects.toMatchObject({ code })
  await desk.audit.flush()
  expect(desk.entries('egress.request')[0]).toMatchObject({
    phase: 'close',
    asker: { kind: 'assistant', id: 'ast_1' },
    code,
  })
  expect(desk.approvals.list()).toEqual([])
})

test('locked: refused and logged', async () => {
  desk.vault.lock()
  await expect(egress(asker, request(), never)).rejects.toMatchObject({ code: 'locked' })
  await desk.audit.flush()
  expect(desk.entries('egress.request')[0]).toMatchObject({ outcome: 'refused', code: 'locked' })
})

test('a night of asking the locked vault is an entry a minute, with how often it asked', async () => {
  desk.vault.lock()
  for (const url of [`https://localhost:${server.port}/a`, 'https://ada@a.example/']) {
    for (let count = 0; count < 100; count += 1)
      await expect(egress(asker, request({ url }), never)).rejects.toMatchObject({ code: 'locked' })
  }
  desk.gate.flush()
  await desk.audit.flush()
  expect(desk.entries('egress.request').map(({ phase, repeats }) => [phase, repeats])).toEqual([
    ['event', 199],
    ['event', undefined],
  ])
})
