import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import type { Approval } from '../../../src/shared/models/approval.ts'
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

function setRules(rules: ReadonlyArray<Record<string, unknown>>): void {
  desk.policy.set(Policy.parse({ ...defaultPolicy, rules }))
}

async function answerNext(decision: Parameters<Desk['approvals']['decide']>[1]): Promise<Approval> {
  const [shown] = await desk.pending()
  return desk.approvals.decide(shown?.id ?? '', decision, 'window')
}

const closer = (): unknown => desk.entries('tool.call').find((entry) => entry.phase === 'close')

describe('grants', () => {
  const grant = (forMinutes: number, uses: number | null = null) =>
    ({ answer: 'allow', grant: { forMinutes, uses } }) as const

  async function allowWith(decision: ReturnType<typeof grant>): Promise<void> {
    const call = desk.gate.pass(gateRequest(), run)
    await answerNext(decision)
    await call
  }

  const asksFor = async (more: Parameters<typeof gateRequest>[0]): Promise<boolean> => {
    const before = ran
    const call = desk.gate.pass(gateRequest(more), run)
    const settled = call.then(
      () => 'ran',
      () => 'refused',
    )
    const first = await Promise.race([settled, desk.pending().then(() => 'asked')])
    if (first === 'asked') await answerNext({ answer: 'deny', reason: '' })
    await settled
    return first === 'asked' && ran === before
  }

  test('later calls of this tool to this host with this secret run without a question, other arguments included', async () => {
    await allowWith(grant(60))
    const view = { ...gateRequest().view, url: 'https://api.github.com/user' } as NonNullable<
      ReturnType<typeof gateRequest>['view']
    >
    await desk.gate.pass(gateRequest({ args: { method: 'POST', url: view.url }, view }), run)
    expect(ran).toBe(2)
    const [kept] = desk.approvals.listGrants()
    expect(kept).toMatchObject({ host: 'api.github.com', itemIds: ['itm_1'], usedCount: 1, usesLeft: null })
    await desk.audit.flush()
    expect(closer()).toMatchObject({ rule: kept?.id, decision: 'allow' })
  })

  const base = gateRequest()
  const viewOf = (url: string) => ({ ...base.view, url, host: new URL(url).host }) as NonNullable<typeof base.view>
  const others: ReadonlyArray<[string, Parameters<typeof gateRequest>[0]]> = [
    ['another asker', { asker: { kind: 'client', id: 'key_2', name: 'Claude Desktop' } }],
    ['an assistant with the same id', { asker: { kind: 'assistant', id: 'key_1', name: 'Claude Desktop' } }],
    ['another tool', { tool: 'other_tool' }],
    ['a changed tool', { definitionHash: 'e'.repeat(64) }],
    ['another host', { view: viewOf('https://uploads.github.com/') }],
    ['another port', { view: viewOf('https://api.github.com:8443/') }],
    ['another scheme', { view: viewOf('http://api.github.com/') }],
    ['another item', { secrets: [{ itemId: 'itm_2', name: 'other', placement: 'header Authorization' }] }],
    ['one item more', { secrets: [...base.secrets, { itemId: 'itm_2', name: 'other', placement: 'header X' }] }],
    ['the same item in the body', { secrets: [{ itemId: 'itm_1', name: 'github', placement: 'body' }] }],
  ]
  test.each(others)('does not cover %s', async (_, more) => {
    await allowWith(grant(60))
    expect(await asksFor(more)).toBe(true)
  })

  test('its uses are counted and survive kill -9', async () => {
    await allowWith(grant(60, 2))
    await desk.gate.pass(gateRequest(), run)
    await desk.restartAfterKill()
    await desk.gate.pass(gateRequest(), run)
    expect(desk.approvals.listGrants()[0]).toMatchObject({ usesLeft: 0, usedCount: 2 })
    expect(await asksFor({})).toBe(true)
  })

  test('it ends with its time, on either clock', async () => {
    await allowWith(grant(60))
    desk.clock.pass(3_600_000 - 1)
    await desk.gate.pass(gateRequest(), run)
    desk.clock.pass(1)
    desk.clock.setWall(desk.clock.now() - 3_600_000)
    expect(await asksFor({})).toBe(true)
  })

  test('revoked, it covers nothing more', async () => {
    await allowWith(grant(60))
    const [kept] = desk.approvals.listGrants()
    desk.approvals.revokeGrant(kept?.id ?? '')
    expect(desk.approvals.listGrants()[0]?.revokedAtMs).not.toBeNull()
    expect(await asksFor({})).toBe(true)
    expect(() => desk.approvals.revokeGrant('grt_none')).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test('a deny rule beats it', async () => {
    await allowWith(grant(60))
    setRules([{ id: 'stop', then: 'deny' }])
    await expect(desk.gate.pass(gateRequest(), run)).rejects.toMatchObject({ code: 'refused' })
    expect(ran).toBe(1)
  })

  test('it covers the identical calls that waited with the question', async () => {
    const calls = [desk.gate.pass(gateRequest(), run), desk.gate.pass(gateRequest(), run)]
    await answerNext(grant(60))
    await Promise.all(calls)
    expect(ran).toBe(2)
  })
})
