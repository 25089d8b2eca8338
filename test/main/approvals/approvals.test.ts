import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Approvals } from '../../../src/main/approvals/approvals.ts'
import { callHash, hashArgs, questionDigest, type Question } from '../../../src/main/approvals/question.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { question } from '../../support/question.ts'
import { openDesk, timeoutMs, type Desk } from './desk.ts'

const url = 'https://api.github.com/repos/ada/garden/issues'
const secrets = [{ itemId: 'itm_1', name: 'github', placement: 'header Authorization' }]
const never = new AbortController().signal
const allow = { answer: 'allow' } as const
const deny = { answer: 'deny', reason: 'Not today.' } as const

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})
afterEach(() => desk.close())

const mine = (more: Partial<Question> = {}): Question => question(url, { secrets, ...more })

describe('asking', () => {
  test('a question is in the log and on disk before it is shown', async () => {
    const seen: string[] = []
    desk.store.events.on((topic) => {
      if (topic !== 'approvals' || desk.approvals.pendingCount === 0) return
      seen.push(`disk ${desk.vault.records.list('approval').length}, log ${desk.entries('approval.ask').length}`)
    })
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    expect(seen[0]).toBe('disk 1, log 1')
    expect(shown).toMatchObject({ state: 'pending', reason: 'Because the test wants it.', used: false })
    expect((shown?.expiresAtMs ?? 0) - (shown?.createdAtMs ?? 0)).toBe(timeoutMs)
    await desk.approvals.decide(shown?.id ?? '', deny, 'window')
    expect(await asked).toMatchObject({ state: 'denied', answer: 'Not today.', decidedBy: 'window' })
  })

  test('nothing of a question stands in the file in the clear', async () => {
    const asked = desk.approvals.ask(mine({ reason: 'canary-reason-7391' }), never)
    const [shown] = await desk.pending()
    const { readdirSync, readFileSync } = await import('node:fs')
    const files = readdirSync(desk.store.home).map((name) => readFileSync(`${desk.store.home}/${name}`))
    for (const bytes of files) {
      expect(bytes.includes('canary-reason-7391')).toBe(false)
      expect(bytes.includes('ada/garden')).toBe(false)
    }
    await desk.approvals.decide(shown?.id ?? '', deny, 'window')
    await asked
  })

  test('identical questions of one asker are one prompt; another asker has its own', async () => {
    const one = desk.approvals.ask(mine(), never)
    const two = desk.approvals.ask(mine(), never)
    const other = desk.approvals.ask(mine({ asker: { kind: 'client', id: 'key_2', name: 'Other' } }), never)
    const pending = await desk.pending(2)
    expect(pending).toHaveLength(2)
    for (const approval of pending) await desk.approvals.decide(approval.id, deny, 'window')
    expect((await one).id).toBe((await two).id)
    expect((await other).id).not.toBe((await one).id)
  })

  test('the twenty-first question of an asker is refused with a reason, and others still get through', async () => {
    const asked = Array.from({ length: 20 }, (_, index) => desk.approvals.ask(question(`${url}/${index}`), never))
    await desk.pending(20)
    await expect(desk.approvals.ask(question(`${url}/20`), never)).rejects.toMatchObject({ code: 'refused' })
    const other = desk.approvals.ask(mine({ asker: { kind: 'assistant', id: 'ast_1', name: 'gardener' } }), never)
    const pending = await desk.pending(21)
    await Promise.all(pending.map((approval) => desk.approvals.decide(approval.id, deny, 'window')))
    await Promise.all([...asked, other])
  })

  test('a call that goes away leaves its question, and the same call joins it later', async () => {
    const leaving = new AbortController()
    const first = desk.approvals.ask(mine(), leaving.signal)
    const [shown] = await desk.pending()
    leaving.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const second = desk.approvals.ask(mine(), never)
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    expect(await second).toMatchObject({ id: shown?.id, state: 'allowed' })
  })

  test('an answer given while nobody waited is told to the same call when it comes again: allowed once, denied once', async () => {
    for (const decision of [allow, deny]) {
      const leaving = new AbortController()
      const first = desk.approvals.ask(mine(), leaving.signal)
      const [shown] = await desk.pending()
      leaving.abort()
      await first.catch(() => undefined)
      await desk.approvals.decide(shown?.id ?? '', decision, 'window')
      const again = await desk.approvals.ask(mine(), never)
      expect(again.id).toBe(shown?.id)
      if (decision.answer === 'allow') expect(desk.approvals.redeem(again.id, mine())).toBe('ok')
    }
    const asksAnew = desk.approvals.ask(mine(), never)
    const [fresh] = await desk.pending()
    await desk.approvals.decide(fresh?.id ?? '', deny, 'window')
    await asksAnew
  })

  test('risks from history: first use and new host, until it was allowed once', async () => {
    const first = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    expect(shown?.risks.map((risk) => risk.id)).toEqual(['first-use', 'new-host'])
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    desk.approvals.redeem((await first).id, mine())
    const second = desk.approvals.ask(mine({ reason: 'look \u202e here', argsHash: hashArgs('other') }), never)
    const [next] = await desk.pending()
    expect(next?.risks.map((risk) => risk.id)).toEqual(['hidden-text'])
    await desk.approvals.decide(next?.id ?? '', deny, 'window')
    await second
  })
})

describe('answers', () => {
  test('two answers at once: the first counts, the second is told so', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    const id = shown?.id ?? ''
    const results = await Promise.allSettled([
      desk.approvals.decide(id, allow, 'window'),
      desk.approvals.decide(id, deny, 'cli'),
      desk.approvals.decide(id, allow, 'cli'),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const result of results.slice(1)) expect(result).toMatchObject({ reason: { code: 'conflict' } })
    expect(await asked).toMatchObject({ state: 'allowed', decidedBy: 'window' })
    expect(desk.entries('approval.decide')).toHaveLength(1)
  })

  test('two uses at once: one runs', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    const { id } = await asked
    expect([desk.approvals.redeem(id, mine()), desk.approvals.redeem(id, mine())]).toEqual(['ok', 'spent'])
  })

  test('a used approval stays used after kill -9', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    const { id } = await asked
    desk.approvals.redeem(id, mine())
    await desk.restartAfterKill()
    expect(desk.approvals.get(id).used).toBe(true)
    expect(desk.approvals.redeem(id, mine())).toBe('spent')
  })

  test('an allowed answer that was not used before kill -9 can be used by the same call', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    const { id } = await asked
    await desk.restartAfterKill()
    expect((await desk.approvals.ask(mine(), never)).id).toBe(id)
    expect(desk.approvals.redeem(id, mine())).toBe('ok')
  })

  test('an unused answer runs out', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    desk.clock.pass(timeoutMs - 1)
    await desk.approvals.decide(shown?.id ?? '', allow, 'window')
    const { id } = await asked
    desk.clock.pass(60_000)
    expect(desk.approvals.redeem(id, mine())).toBe('spent')
  })

  test('while the log cannot be written, nothing is asked and nothing is decided', async () => {
    const asked = desk.approvals.ask(mine(), never)
    const [shown] = await desk.pending()
    const broken = {
      event: () => Promise.reject(new AppError('audit_failed', 'The audit log cannot be written.')),
    }
    const deaf = new Approvals({
      vault: desk.vault,
      records: desk.vault.records,
      audit: broken,
      clock: desk.clock,
      events: desk.store.events,
      timeoutMs: () => timeoutMs,
    })
    await expect(deaf.decide(shown?.id ?? '', allow, 'window')).rejects.toMatchObject({ code: 'audit_failed' })
    expect(deaf.get(shown?.id ?? '').state).toBe('pending')
    await expect(deaf.ask(question(`${url}/other`), never)).rejects.toMatchObject({ code: 'audit_failed' })
    expect(deaf.pendingCount).toBe(1)
    await desk.approvals.decide(shown?.id ?? '', deny, 'window')
    await asked
    deaf.dispose()
  })
})

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

describe('what an answer is bound to', () => {
  const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).map((value) => value.toWellFormed())
  const change = fc.oneof(
    fc.record({ kind: fc.constant('asker' as const), value: text }),
    fc.record({ kind: fc.constant('tool' as const), value: text }),
    fc.record({ kind: fc.constant('definitionHash' as const), value: text }),
    fc.record({ kind: fc.constant('policyVersion' as const), value: text }),
    fc.record({ kind: fc.constant('args' as const), value: fc.jsonValue() }),
    fc.record({ kind: fc.constant('url' as const), value: text }),
    fc.record({ kind: fc.constant('method' as const), value: text }),
    fc.record({ kind: fc.constant('header' as const), value: text }),
    fc.record({ kind: fc.constant('body' as const), value: text }),
    fc.record({ kind: fc.constant('item' as const), value: text }),
    fc.record({ kind: fc.constant('placement' as const), value: text }),
  )

  function apply(base: Question, { kind, value }: { kind: string; value: unknown }): Question {
    const word = String(value)
    const { request } = base
    switch (kind) {
      case 'asker':
        return { ...base, asker: { ...base.asker, id: `x${word}` } }
      case 'args':
        return { ...base, argsHash: hashArgs({ changed: value }) }
      case 'url':
      case 'method':
        return { ...base, request: { ...request, [kind]: `x${word}` } }
      case 'header':
        return { ...base, request: { ...request, headers: [{ name: 'X', value: word }] } }
      case 'body':
        return { ...base, request: { ...request, body: { text: word, bytes: 1, truncated: false } } }
      case 'item':
        return { ...base, secrets: [{ itemId: `x${word}`, name: 'github', placement: 'header Authorization' }] }
      case 'placement':
        return { ...base, secrets: [{ itemId: 'itm_1', name: 'github', placement: `x${word}` }] }
      default:
        return { ...base, [kind]: `x${word}` }
    }
  }

  test('any change of any part gives another digest and another call, and so does another expiry', () => {
    const base = mine()
    fc.assert(
      fc.property(change, fc.integer({ min: 1, max: 1e9 }), (what, laterMs) => {
        const other = apply(base, what)
        expect(questionDigest(other, 1000)).not.toBe(questionDigest(base, 1000))
        expect(callHash(other)).not.toBe(callHash(base))
        expect(questionDigest(base, 1000 + laterMs)).not.toBe(questionDigest(base, 1000))
      }),
    )
  })

  test('names and reasons are not the act: they may change', () => {
    const renamed = mine({ asker: { kind: 'client', id: 'key_test', name: 'New name' }, reason: 'In other words.' })
    expect(callHash(renamed)).toBe(callHash(mine()))
  })

  test('a changed call voids the answer for good', async () => {
    const changes = [
      { kind: 'args', value: 1 },
      { kind: 'definitionHash', value: 'new' },
      { kind: 'policyVersion', value: 'new' },
      { kind: 'item', value: 'other' },
    ]
    for (const what of changes) {
      const asked = desk.approvals.ask(mine(), never)
      const [shown] = await desk.pending()
      await desk.approvals.decide(shown?.id ?? '', allow, 'window')
      const { id } = await asked
      expect(desk.approvals.redeem(id, apply(mine(), what))).toBe('changed')
      expect(desk.approvals.redeem(id, mine())).toBe('spent')
      expect(desk.approvals.get(id)).toMatchObject({ state: 'cancelled', used: false })
    }
  })

  test('bytes count by their content', () => {
    expect(hashArgs({ body: Buffer.from('a') })).toBe(hashArgs({ body: new Uint8Array([97]) }))
    expect(hashArgs({ body: Buffer.from('a') })).not.toBe(hashArgs({ body: Buffer.from('b') }))
  })

  test('arguments without a JSON form are refused, not asked about', () => {
    expect(() => hashArgs({ text: '\ud800' })).toThrow(expect.objectContaining({ code: 'invalid' }))
    let deep: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    expect(() => hashArgs(deep)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })
})

test('only the last 500 answers are kept', async () => {
  const { records } = desk.vault
  const asked = desk.approvals.ask(mine(), never)
  const [shown] = await desk.pending()
  await desk.approvals.decide(shown?.id ?? '', deny, 'window')
  await asked
  const [row] = records.list('approval')
  const copies = Array.from({ length: 505 }, (_, index) => {
    const value = structuredClone(row?.value) as { approval: Record<string, unknown> }
    value.approval = { ...value.approval, id: `apr_copy${index}`, decidedAtMs: index + 1 }
    return { kind: 'approval', id: `apr_copy${index}`, value }
  })
  records.putAll(copies)
  await desk.restartAfterKill()
  const again = desk.approvals.ask(question(`${url}/more`), never)
  const [next] = await desk.pending()
  await desk.approvals.decide(next?.id ?? '', deny, 'window')
  await again
  const kept = desk.approvals.list()
  expect(kept).toHaveLength(500)
  expect(desk.vault.records.list('approval')).toHaveLength(500)
  expect(kept.some((approval) => approval.id === shown?.id)).toBe(true)
  expect(kept.some((approval) => approval.id === 'apr_copy0')).toBe(false)
})
