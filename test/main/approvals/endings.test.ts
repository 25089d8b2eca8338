import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Approvals } from '../../../src/main/approvals/approvals.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { question } from '../../support/question.ts'
import { openDesk, timeoutMs, type Desk } from './desk.ts'

const never = new AbortController().signal
const allow = { answer: 'allow' } as const
const secrets = [{ itemId: 'itm_1', name: 'github', placement: 'header Authorization' }]
const mine = () => question('https://api.github.com/repos/ada/garden/issues', { secrets })

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})
afterEach(() => desk.close())

describe('endings without a person', () => {
  test('no answer in time: expired, by a clock that really runs', async () => {
    const brisk = new Approvals({
      vault: desk.vault,
      records: desk.vault.records,
      audit: desk.audit,
      clock: systemClock,
      events: desk.store.events,
      timeoutMs: () => 80,
    })
    const startedMs = performance.now()
    expect(await brisk.ask(mine(), never)).toMatchObject({
      state: 'expired',
      decidedBy: 'system',
      answer: 'Nobody answered in time.',
    })
    expect(performance.now() - startedMs).toBeLessThan(3000)
    brisk.dispose()
  })

  test('a machine that slept past the end finds the question expired, and a late click is refused', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    desk.clock.setWall(desk.clock.now() + timeoutMs)
    await expect(desk.approvals.decide(shown?.id ?? '', allow, 'window')).rejects.toMatchObject({ code: 'conflict' })
    expect(await asked).toMatchObject({ state: 'expired' })
  })

  test('a wall clock that is set back does not keep a question alive', async () => {
    const asked = desk.approvals.ask(mine(), never)
    await desk.pending()
    desk.clock.pass(timeoutMs)
    desk.clock.setWall(desk.clock.now() - 86_400_000)
    expect(desk.approvals.list()[0]).toMatchObject({ state: 'expired' })
    expect(await asked).toMatchObject({ state: 'expired' })
  })

  test('a lock cancels what waits, hides everything, and is remembered after the unlock', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    desk.vault.lock()
    expect(await asked).toMatchObject({ state: 'cancelled', answer: 'The vault was locked before an answer.' })
    expect(desk.approvals.list()).toEqual([])
    expect(desk.approvals.listGrants()).toEqual([])
    expect(desk.approvals.pendingCount).toBe(0)
    expect(() => desk.approvals.get(shown?.id ?? '')).toThrow(expect.objectContaining({ code: 'locked' }))
    await expect(desk.approvals.ask(mine(), never)).rejects.toMatchObject({ code: 'locked' })
    await desk.vault.unlock(desk.store.password)
    expect(desk.approvals.get(shown?.id ?? '')).toMatchObject({ state: 'cancelled' })
  })

  test('a lock in the instant of asking leaves nothing that waits', async () => {
    const asked = desk.approvals.ask(mine(), never)
    desk.vault.lock()
    expect(await asked).toMatchObject({ state: 'cancelled' })
    await desk.vault.unlock(desk.store.password)
    expect(desk.approvals.list()).toEqual([])
  })

  test('a lock in the instant of an answer: the answer does not count', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    const deciding = desk.approvals.decide(shown?.id ?? '', allow, 'window')
    desk.vault.lock()
    await expect(deciding).rejects.toMatchObject({ code: 'locked' })
    expect(await asked).toMatchObject({ state: 'cancelled' })
  })

  test('quitting cancels, with its own reason', async () => {
    const asked = desk.approvals.ask(mine(), never)
    await desk.pending()
    desk.approvals.dispose()
    expect(await asked).toMatchObject({ state: 'cancelled', answer: 'Clawkeep was closed before an answer.' })
  })

  test('a pending question is pending again after kill -9, can be answered, and the retry uses the answer', async () => {
    void desk.approvals.ask(mine(), never).catch(() => undefined)
    const [shown] = await desk.pending()
    await desk.restartAfterKill()
    expect(desk.approvals.get(shown?.id ?? '')).toEqual(shown)
    expect(desk.approvals.pendingCount).toBe(1)
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    expect(await desk.approvals.ask(mine(), never)).toMatchObject({ id: shown?.id, state: 'allowed' })
  })

  test('a pending question whose time ran out while the core was dead is expired at the next unlock', async () => {
    void desk.approvals.ask(mine(), never).catch(() => undefined)
    const [shown] = await desk.pending()
    desk.clock.setWall(desk.clock.now() + timeoutMs)
    await desk.restartAfterKill()
    expect(desk.approvals.get(shown?.id ?? '')).toMatchObject({ state: 'expired' })
    expect(desk.approvals.pendingCount).toBe(0)
  })

  test('a wall clock set back while the core was dead does not lengthen a question', async () => {
    void desk.approvals.ask(mine(), never).catch(() => undefined)
    const [shown] = await desk.pending()
    desk.clock.setWall(desk.clock.now() - 86_400_000)
    await desk.restartAfterKill()
    desk.clock.pass(timeoutMs)
    desk.approvals.list()
    expect(desk.approvals.get(shown?.id ?? '')).toMatchObject({ state: 'expired' })
  })
})
