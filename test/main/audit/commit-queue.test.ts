import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CommitQueue } from '../../../src/main/audit/commit-queue.ts'
import type { Draft } from '../../../src/main/audit/facts.ts'
import type { AppError } from '../../../src/shared/app-error.ts'
import { codeOfPromise } from '../../support/error-code.ts'

/** A disk that is done when it is told, and a file that remembers what each commit brought. */
function queueOnASlowDisk() {
  const commits: string[][] = []
  const problems: Array<string | null> = []
  const waiting: Array<{ done: () => void; fail: (error: Error) => void }> = []
  const state = { isQuick: false, inPlace: 0 }
  const disk = {
    sync: () => new Promise<void>((done, fail) => waiting.push({ done, fail })),
    syncNow: () => void state.inPlace++,
    isQuick: () => state.isQuick,
  }
  const queue = new CommitQueue({
    write: (drafts) => void commits.push(drafts.map(({ kind }) => kind)),
    disk,
    settled: (error: AppError | null) => problems.push(error?.code ?? null),
  })
  return { queue, commits, problems, waiting, state }
}

const draft = (kind: string, phase: Draft['phase'] = 'event'): Draft =>
  ({ atMs: 0, kind, phase, asker: { kind: 'system', id: 'core' } }) as Draft
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('an entry that was written is not promised before the disk has it', async () => {
  const { queue, commits, waiting } = queueOnASlowDisk()
  let promised = false
  const added = queue.add(draft('one')).then(() => (promised = true))
  await turn()
  expect(commits).toEqual([['one']])
  await turn()
  expect(promised).toBe(false)
  waiting[0]?.done()
  await added
  expect(promised).toBe(true)
})

test('what is added while the disk works goes with the next commit, all of it with one', async () => {
  const { queue, commits, waiting } = queueOnASlowDisk()
  const first = queue.add(draft('one'))
  await turn()
  const rest = [queue.add(draft('two')), queue.add(draft('three'))]
  await turn()
  expect(commits).toEqual([['one']])
  waiting[0]?.done()
  await first
  await turn()
  expect(commits).toEqual([['one'], ['two', 'three']])
  waiting[1]?.done()
  await Promise.all(rest)
})

test('a disk that fails refuses those who wait; their entries are not written twice, and the next attempt clears it', async () => {
  const { queue, commits, problems, waiting } = queueOnASlowDisk()
  const refused = codeOfPromise(queue.add(draft('one')))
  queue.keep(() => draft('closer'))
  await turn()
  waiting[0]?.fail(Object.assign(new Error('EIO'), { code: 'EIO' }))
  expect(await refused).toBe('audit_failed')
  expect(problems).toEqual(['audit_failed'])
  vi.advanceTimersByTime(1000)
  expect(problems).toEqual(['audit_failed', null])
  expect(commits.flat()).toEqual(['one', 'closer'])
})

test('a commit in place is durable when it returns, and takes along what waits', async () => {
  const { queue, commits, waiting } = queueOnASlowDisk()
  const added = queue.add(draft('one'))
  expect(queue.commit(false)).toBeNull()
  await added
  expect(commits).toEqual([['one']])
  expect(waiting).toHaveLength(0)
})

test('a disk that is quick is waited for in place, but not when there is something to do meanwhile', async () => {
  const { queue, commits, waiting, state } = queueOnASlowDisk()
  state.isQuick = true
  await queue.add(draft('one'))
  expect([commits, waiting.length, state.inPlace]).toEqual([[['one']], 0, 1])
  const added = queue.add(draft('two'), () => undefined)
  await turn()
  expect([commits.length, waiting.length, state.inPlace]).toEqual([2, 1, 1])
  waiting[0]?.done()
  await added
})

test('what can be done meanwhile is done after the write, while the disk works', async () => {
  const { queue, commits, waiting } = queueOnASlowDisk()
  const seen: Array<{ written: number; asked: number }> = []
  const added = queue.add(draft('one'), () => seen.push({ written: commits.length, asked: waiting.length }))
  expect(seen).toEqual([])
  await turn()
  expect(seen).toEqual([{ written: 1, asked: 1 }])
  waiting[0]?.done()
  await added
})

test.each([true, false])(
  'the closer of the last act is written in the pause after it, and durable some milliseconds later (quick disk: %s)',
  async (isQuick) => {
    const { queue, commits, waiting, state } = queueOnASlowDisk()
    const opened = queue.add(draft('opener', 'open'))
    await turn()
    waiting[0]?.done()
    await opened
    queue.close(() => draft('closer', 'close'))
    await turn()
    expect(commits).toEqual([['opener'], ['closer']])
    expect(state.inPlace).toBe(0)
    state.isQuick = isQuick
    vi.advanceTimersByTime(20)
    expect(commits.flat()).toEqual(['opener', 'closer'])
    expect([state.inPlace, waiting.length]).toEqual(isQuick ? [1, 1] : [0, 2])
  },
)

test('what nobody waits for never asks a disk that is at work already, and is written when that is done', async () => {
  const { queue, commits, waiting, state } = queueOnASlowDisk()
  const opened = queue.add(draft('opener', 'open'))
  await turn()
  queue.keep(() => draft('note'))
  vi.advanceTimersByTime(100)
  expect([commits, waiting.length, state.inPlace]).toEqual([[['opener']], 1, 0])
  waiting[0]?.done()
  await opened
  await turn()
  vi.advanceTimersByTime(20)
  expect([commits, waiting.length, state.inPlace]).toEqual([[['opener'], ['note']], 2, 0])
})

test('while another act runs a closer waits for the next opener, to share its commit', async () => {
  const { queue, commits, waiting } = queueOnASlowDisk()
  const opened = [queue.add(draft('one', 'open')), queue.add(draft('two', 'open'))]
  await turn()
  waiting[0]?.done()
  await Promise.all(opened)
  queue.close(() => draft('one ends', 'close'))
  await turn()
  expect(commits).toHaveLength(1)
  const next = queue.add(draft('three', 'open'))
  await turn()
  expect(commits.slice(1)).toEqual([['one ends', 'three']])
  waiting[1]?.done()
  await next
})
