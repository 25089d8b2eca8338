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
  const disk = {
    sync: () => new Promise<void>((done, fail) => waiting.push({ done, fail })),
    syncNow: () => undefined,
  }
  const queue = new CommitQueue({
    write: (drafts) => void commits.push(drafts.map(({ kind }) => kind)),
    disk,
    settled: (error: AppError | null) => problems.push(error?.code ?? null),
  })
  return { queue, commits, problems, waiting }
}

const draft = (kind: string): Draft =>
  ({ atMs: 0, kind, phase: 'event', asker: { kind: 'system', id: 'core' } }) as Draft
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
  queue.keep(draft('closer'))
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
