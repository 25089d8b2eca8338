import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Gate } from '../../../src/main/approvals/gate.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import type { Approval } from '../../../src/shared/models/approval.ts'
import { Policy } from '../../../src/shared/models/policy.ts'
import { gateRequest, openDesk, timeoutMs, type Desk } from './desk.ts'

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

describe('by rule', () => {
  test('allowed: it runs, and the log has the opener before and the closer after', async () => {
    const order: string[] = []
    const result = await desk.gate.pass(
      gateRequest({ tool: 'openclaw_instances', view: null, secrets: [] }),
      async (op) => {
        order.push(`opener ${desk.entries('tool.call').length}`)
        op.note({ code: '200' })
        return run()
      },
    )
    await desk.audit.flush()
    expect(result).toBe('done')
    expect(order).toEqual(['opener 1'])
    expect(closer()).toMatchObject({ rule: 'builtin.read', decision: 'allow', outcome: 'ok', code: '200' })
  })

  test('denied: it does not run, and the asker learns which rule', async () => {
    setRules([{ id: 'no-github', then: 'deny', when: { args: [{ path: '/url', host: 'api.github.com' }] } }])
    await expect(desk.gate.pass(gateRequest(), run)).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('no-github'),
    })
    await desk.audit.flush()
    expect(ran).toBe(0)
    expect(closer()).toMatchObject({ rule: 'no-github', decision: 'deny', outcome: 'refused', code: 'refused' })
  })

  test('rules see the address as it will be sent, not as it was written', async () => {
    setRules([
      { id: 'no-issues', then: 'deny', when: { args: [{ path: '/url', prefix: 'https://api.github.com/repos/' }] } },
    ])
    const args = { method: 'post', url: 'HTTPS://Api.GitHub.com:443/x/../repos/ada/garden/issues' }
    await expect(desk.gate.pass(gateRequest({ args }), run)).rejects.toMatchObject({
      hint: expect.stringContaining('no-issues'),
    })
  })

  test('a question with nothing to show is a deny', async () => {
    setRules([{ id: 'ask-chat', then: 'ask', when: { tool: 'openclaw_chat' } }])
    await expect(desk.gate.pass(gateRequest({ tool: 'openclaw_chat', view: null }), run)).rejects.toMatchObject({
      code: 'refused',
    })
    expect(ran).toBe(0)
  })

  test('an allow rule that is used up parks the next call for the person', async () => {
    setRules([{ id: 'twice', then: 'allow', limit: { uses: 2, per: '1h' } }])
    await Promise.all([desk.gate.pass(gateRequest(), run), desk.gate.pass(gateRequest(), run)])
    const third = desk.gate.pass(gateRequest(), run)
    await answerNext({ answer: 'allow' })
    await third
    expect(ran).toBe(3)
  })

  test('locked: refused with what to do, and written down', async () => {
    desk.vault.lock()
    await expect(desk.gate.pass(gateRequest(), run)).rejects.toMatchObject({
      code: 'locked',
      hint: 'Unlock Clawkeep in its window, then try again.',
    })
    expect(ran).toBe(0)
    expect(desk.entries('tool.call')).toMatchObject([{ phase: 'event', outcome: 'refused', code: 'locked' }])
  })

  test('a night of asking the locked vault is an entry a minute and asker, with how often it asked', async () => {
    desk.vault.lock()
    const askOften = async (request: ReturnType<typeof gateRequest>, times: number): Promise<void> => {
      for (let count = 0; count < times; count += 1)
        await expect(desk.gate.pass(request, run)).rejects.toMatchObject({ code: 'locked' })
    }
    const one = gateRequest()
    const other = gateRequest({ asker: { kind: 'client', id: 'key_other', name: 'Other' } })
    await askOften(one, 600)
    await askOften(other, 1)
    desk.clock.pass(60_000)
    await askOften(one, 3)
    desk.gate.flush()
    await desk.audit.flush()
    const seen = desk.entries('tool.call').map(({ asker, repeats }) => `${asker.id} ${repeats ?? 'once'}`)
    expect(seen.toSorted()).toEqual(
      [
        `${one.asker.id} once`,
        `${other.asker.id} once`,
        `${one.asker.id} 599`,
        `${one.asker.id} once`,
        `${one.asker.id} 2`,
      ].toSorted(),
    )
    await desk.vault.unlock(desk.store.password)
    expect(desk.audit.verify()).toMatchObject({ ok: true })
  })

  test('locked and without a log: the asker learns that the log cannot be written, each time', async () => {
    const failing = (): Promise<never> =>
      Promise.reject(new AppError('audit_failed', 'The audit log cannot be written.'))
    const gate = new Gate({ ...desk, audit: { around: failing, event: failing } })
    desk.vault.lock()
    for (let count = 0; count < 3; count += 1)
      await expect(gate.pass(gateRequest(), run)).rejects.toMatchObject({ code: 'audit_failed' })
  })

  test('without a log nothing runs', async () => {
    const failing = (): Promise<never> =>
      Promise.reject(new AppError('audit_failed', 'The audit log cannot be written.'))
    const gate = new Gate({ ...desk, audit: { around: failing, event: failing } })
    await expect(gate.pass(gateRequest({ tool: 'openclaw_status', view: null }), run)).rejects.toMatchObject({
      code: 'audit_failed',
    })
    expect(ran).toBe(0)
  })
})

describe('by the person', () => {
  test('allowed once: it runs once, is marked as used before, and the next call asks again', async () => {
    let usedWhenRunning: boolean | undefined
    let told: Approval | undefined
    const call = desk.gate.pass(gateRequest({ onWaiting: (approval) => (told = approval) }), async () => {
      usedWhenRunning = desk.approvals.get(told?.id ?? '').used
      return run()
    })
    const approval = await answerNext({ answer: 'allow' })
    expect(await call).toBe('done')
    expect(told?.id).toBe(approval.id)
    expect(usedWhenRunning).toBe(true)
    await desk.audit.flush()
    expect(closer()).toMatchObject({
      rule: approval.id,
      decision: 'allow',
      outcome: 'ok',
      itemIds: ['itm_1'],
      host: 'api.github.com',
    })

    const second = desk.gate.pass(gateRequest(), run)
    await answerNext({ answer: 'deny', reason: '' })
    await expect(second).rejects.toMatchObject({ code: 'refused' })
    expect(ran).toBe(1)
  })

  test('denied: the reason reaches the asker', async () => {
    const call = desk.gate.pass(gateRequest(), run)
    const approval = await answerNext({ answer: 'deny', reason: 'Use the staging repository.' })
    await expect(call).rejects.toMatchObject({ code: 'refused', hint: 'Use the staging repository.' })
    await desk.audit.flush()
    expect(closer()).toMatchObject({ rule: approval.id, decision: 'deny', outcome: 'refused' })
  })

  test('expired, locked, caller gone: each says what it was', async () => {
    const expired = desk.gate.pass(gateRequest(), run)
    await desk.pending()
    desk.clock.pass(timeoutMs)
    desk.approvals.list()
    await expect(expired).rejects.toMatchObject({ code: 'timeout' })

    const leaving = new AbortController()
    const gone = desk.gate.pass(gateRequest({ signal: leaving.signal }), run)
    await desk.pending()
    leaving.abort()
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' })

    let joined = (): void => undefined
    const waits = new Promise<void>((resolve) => (joined = resolve))
    const locked = desk.gate.pass(gateRequest({ onWaiting: joined }), run)
    await waits
    desk.vault.lock()
    await expect(locked).rejects.toMatchObject({ code: 'locked', message: 'The vault was locked before an answer.' })
    await desk.audit.flush()
    const ends = desk.entries('tool.call').filter((entry) => entry.phase === 'close')
    expect(ends.map((entry) => entry.decision)).toEqual(['cancel', 'cancel', 'expire'])
    expect(ran).toBe(0)
  })

  test('two identical calls and one "allow once": one runs, the other is asked about again', async () => {
    const calls = [desk.gate.pass(gateRequest(), run), desk.gate.pass(gateRequest(), run)]
    await answerNext({ answer: 'allow' })
    await answerNext({ answer: 'deny', reason: 'Once was enough.' })
    const results = await Promise.allSettled(calls)
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ran).toBe(1)
  })

  test('a policy that changes while the person reads voids the answer, and the new policy is asked', async () => {
    const call = desk.gate.pass(gateRequest(), run)
    const [shown] = await desk.pending()
    setRules([{ id: 'no-more', then: 'deny' }])
    await desk.approvals.decide(shown?.id ?? '', { answer: 'allow' }, 'window')
    await expect(call).rejects.toMatchObject({ code: 'refused', hint: expect.stringContaining('no-more') })
    expect(ran).toBe(0)
    expect(desk.approvals.get(shown?.id ?? '')).toMatchObject({ state: 'cancelled', used: false })
  })

  test('arguments that are changed while the person reads do not run', async () => {
    const args = { method: 'POST', url: 'https://api.github.com/repos/ada/garden/issues' }
    const call = desk.gate.pass(gateRequest({ args }), run)
    const [shown] = await desk.pending()
    args.url = 'https://api.github.com/repos/ada/bank'
    await desk.approvals.decide(shown?.id ?? '', { answer: 'allow' }, 'window')
    const [again] = await desk.pending()
    expect(again?.id).not.toBe(shown?.id)
    expect(ran).toBe(0)
    await desk.approvals.decide(again?.id ?? '', { answer: 'deny', reason: '' }, 'window')
    await call.catch(() => undefined)
  })

  test('a call that timed out at its client and comes again takes up the answer', async () => {
    const leaving = new AbortController()
    const first = desk.gate.pass(gateRequest({ signal: leaving.signal }), run)
    await desk.pending()
    leaving.abort()
    await first.catch(() => undefined)
    await answerNext({ answer: 'allow' })
    expect(await desk.gate.pass(gateRequest(), run)).toBe('done')
    expect(ran).toBe(1)
  })

  test('a write that fails when the answer is used up stops the act', async () => {
    const { approvals } = desk
    const gate = new Gate({
      ...desk,
      approvals: {
        ask: (...args) => approvals.ask(...args),
        resume: (...args) => approvals.resume(...args),
        takeGrant: (question) => approvals.takeGrant(question),
        redeem: () => {
          throw new AppError('disk_full', 'The disk is full.')
        },
      },
    })
    const call = gate.pass(gateRequest(), run)
    await answerNext({ answer: 'allow' })
    await expect(call).rejects.toMatchObject({ code: 'disk_full' })
    expect(ran).toBe(0)
  })
})

test('the fast path adds next to nothing to the log', async () => {
  const op = { id: 'op_1', note: () => undefined, close: () => undefined }
  const gate = new Gate({ ...desk, audit: { around: (_, act) => act(op as never), event: async () => undefined } })
  const request = gateRequest({ tool: 'openclaw_instances', view: null, secrets: [] })
  const calls = 2000
  for (let index = 0; index < 200; index++) await gate.pass(request, run)
  const startedMs = performance.now()
  for (let index = 0; index < calls; index++) await gate.pass(request, run)
  expect((performance.now() - startedMs) / calls).toBeLessThan(0.2)
})
