import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Approvals } from '../../../src/main/approvals/approvals.ts'
import { hashArgs, type Question } from '../../../src/main/approvals/question.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { question } from '../../support/question.ts'
import { changeQuestion } from './change-question.ts'
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

describe('what an answer is bound to', () => {
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
      expect(desk.approvals.redeem(id, changeQuestion(mine(), what))).toBe('changed')
      expect(desk.approvals.redeem(id, mine())).toBe('spent')
      expect(desk.approvals.get(id)).toMatchObject({ state: 'cancelled', used: false })
    }
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
