import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { Policy } from '../../../src/shared/models/policy.ts'
import { gateRequest, openDesk, type Desk } from './desk.ts'

let desk: Desk
let ran = 0
const run = async (): Promise<string> => {
  ran++
  return 'done'
}

beforeEach(async () => {
  ran = 0
  desk = await openDesk()
})
afterEach(() => desk.close())

test('allowed: what it needs is made ready while its opener is on its way to the disk', async () => {
  const order: string[] = []
  const durable = desk.audit.event({ kind: 'log.start', asker: { kind: 'system', id: 'core' } })
  void durable.then(() => order.push('durable'))
  await desk.gate.pass(
    gateRequest({
      tool: 'openclaw_instances',
      view: null,
      secrets: [],
      prepare: () => order.push(`ready, opener ${desk.entries('tool.call').length}`),
    }),
    async () => void order.push('run'),
  )
  expect(order).toEqual(['ready, opener 1', 'durable', 'run'])
})

test('allowed: it runs also when nothing could be made ready', async () => {
  const prepare = (): never => {
    throw new Error('nothing there')
  }
  const request = gateRequest({ tool: 'openclaw_instances', view: null, secrets: [], prepare })
  expect(await desk.gate.pass(request, run)).toBe('done')
})

test('denied, put to the person, or locked: nothing is made ready', async () => {
  let readied = 0
  const request = gateRequest({ prepare: () => void readied++ })
  desk.policy.set(Policy.parse({ ...defaultPolicy, rules: [{ id: 'no', then: 'deny' }] }))
  await expect(desk.gate.pass(request, run)).rejects.toMatchObject({ code: 'refused' })
  desk.policy.set(Policy.parse({ ...defaultPolicy, rules: [] }))
  const asked = desk.gate.pass(request, run)
  const [shown] = await desk.pending()
  await desk.approvals.decide(shown?.id ?? '', { answer: 'allow' }, 'window')
  await asked
  desk.vault.lock()
  await expect(desk.gate.pass(request, run)).rejects.toMatchObject({ code: 'locked' })
  expect([readied, ran]).toEqual([0, 1])
})
