import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { defaultTaskLimits, type TaskLimits } from '../../../src/main/tasks/limits.ts'
import { type NewTask, Tasks } from '../../../src/main/tasks/tasks.ts'
import { codeOf } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

let clock: FakeClock
let testVault: TestVault

beforeEach(async () => {
  clock = new FakeClock()
  testVault = await createTestVault({ clock })
})
afterEach(() => testVault.cleanup())

function open(vault = testVault.vault, limits: Partial<TaskLimits> = {}): Tasks {
  return new Tasks({ vault, records: vault.records, clock, events: testVault.events, limits })
}

const ready = (): boolean => true
const done = { content: [{ type: 'text' as const, text: 'yes' }], structuredContent: {} }

function input(clientId = 'key_a', more: Partial<NewTask> = {}): NewTask {
  return {
    client: { kind: 'key', id: clientId, name: 'Ada', scopes: ['openclaw:write'] },
    tool: 'openclaw_chat',
    args: { message: 'hi' },
    assistantId: 'ast_a',
    instance: 'a',
    sessionId: null,
    priority: 0,
    ...more,
  }
}

describe('a task', () => {
  test('is there after the vault was closed and opened again, and still waits', async () => {
    const made = open().create(input())
    const again = testVault.reopen()
    await again.unlock(testVault.password)
    expect(open(again).get('key_a', made.id)).toEqual(made)
  })

  test('belongs to its client: for another one it was never there', () => {
    const tasks = open()
    const { id } = tasks.create(input('key_a'))
    const answers = [id, 'tsk_none'].map((each) => {
      try {
        return tasks.get('key_b', each)
      } catch (error) {
        return error instanceof AppError && { code: error.code, message: error.message, hint: error.hint }
      }
    })
    expect(answers[0]).toEqual(answers[1])
    expect(codeOf(() => tasks.cancel('key_b', id))).toBe('not_found')
    expect(tasks.list('key_b')).toEqual([])
    tasks.endClient('key_b', new AppError('unauthorized', 'gone'))
    expect(tasks.get('key_a', id).state).toBe('queued')
  })

  test('that ran at a lock is interrupted with what had come, also after the next unlock', async () => {
    const tasks = open()
    const stopped: string[] = []
    tasks.listen({ onReady: () => undefined, onStop: (id) => stopped.push(id) })
    const { id } = tasks.create(input())
    tasks.begin(ready)
    tasks.addText(id, 'half an ')
    tasks.addText(id, 'answer')
    testVault.vault.lock()
    expect(stopped).toEqual([id])
    expect(codeOf(() => tasks.get('key_a', id))).toBe('locked')
    // What it says after it was stopped is not heard.
    tasks.finish(id, { state: 'completed', result: done, error: null })
    await testVault.vault.unlock(testVault.password)
    expect(tasks.get('key_a', id)).toMatchObject({
      state: 'interrupted',
      text: 'half an answer',
      error: { code: 'interrupted' },
    })
  })

  test('that is cancelled first stays cancelled, whatever its call still answers', () => {
    const tasks = open()
    const { id } = tasks.create(input())
    tasks.begin(ready)
    tasks.addText(id, 'some')
    expect(tasks.cancel('key_a', id).state).toBe('cancelled')
    tasks.finish(id, { state: 'completed', result: done, error: null })
    tasks.addText(id, ' more')
    expect(tasks.get('key_a', id)).toMatchObject({ state: 'cancelled', text: 'some', result: null })
  })

  test('is seen and ended by the person, whosever it is, and once only', () => {
    const tasks = open()
    const stopped: Array<readonly [string, string]> = []
    tasks.listen({ onReady: () => undefined, onStop: (id, { message }) => stopped.push([id, message]) })
    const { id } = tasks.create(input('key_a'))
    const other = tasks.create(input('key_b'))
    tasks.begin(ready)
    expect(tasks.all().map((task) => task.id)).toEqual([id, other.id])
    const words = 'The person cancelled this task in Clawkeep.'
    expect(tasks.stop(id)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled', message: words } })
    expect(stopped).toEqual([[id, words]])
    expect(codeOf(() => tasks.stop(id))).toBe('conflict')
    expect(codeOf(() => tasks.stop('tsk_none'))).toBe('not_found')
    expect(tasks.get('key_b', other.id).state).toBe('queued')
    testVault.vault.lock()
    expect(codeOf(() => tasks.all())).toBe('locked')
    expect(codeOf(() => tasks.stop(other.id))).toBe('locked')
  })

  test('whose assistant does not run for a day has failed', () => {
    const tasks = open()
    const { id } = tasks.create(input())
    expect(tasks.begin(() => false)).toBeNull()
    clock.pass(defaultTaskLimits.queuedAtMostMs)
    testVault.vault.lock()
    return testVault.vault.unlock(testVault.password).then(() => {
      expect(tasks.get('key_a', id)).toMatchObject({ state: 'failed', error: { code: 'timeout' } })
    })
  })

  test('cannot be made, seen or begun while the vault is locked', () => {
    const tasks = open()
    tasks.create(input())
    testVault.vault.lock()
    expect(codeOf(() => tasks.create(input()))).toBe('locked')
    expect(codeOf(() => tasks.list('key_a'))).toBe('locked')
    expect(tasks.begin(ready)).toBeNull()
  })
})

describe('caps', () => {
  test('a client may have so many waiting, and another is not counted with it', () => {
    const tasks = open(testVault.vault, { queuedPerClient: 3 })
    for (let at = 0; at < 3; at++) tasks.create(input('key_a'))
    expect(codeOf(() => tasks.create(input('key_a')))).toBe('throttled')
    expect(tasks.create(input('key_b')).state).toBe('queued')
  })

  function finishOne(tasks: Tasks, text = 'yes'): string {
    const { id } = tasks.create(input())
    tasks.begin(ready)
    const result = { content: [{ type: 'text' as const, text }], structuredContent: {} }
    tasks.finish(id, { state: 'completed', result, error: null })
    return id
  }

  test('the oldest finished one goes when there are too many, but none within its time to live', () => {
    const tasks = open(testVault.vault, { keptPerClient: 3 })
    const first = finishOne(tasks)
    clock.pass(1)
    finishOne(tasks)
    finishOne(tasks)
    expect(codeOf(() => tasks.create(input()))).toBe('throttled')
    clock.pass(defaultTaskLimits.keptAtLeastMs - 1)
    tasks.create(input())
    expect(tasks.list('key_a')).toHaveLength(3)
    expect(codeOf(() => tasks.get('key_a', first))).toBe('not_found')
  })

  test('long answers count by their length', () => {
    const tasks = open(testVault.vault, { keptCharsPerClient: 10_000 })
    const first = finishOne(tasks, 'x'.repeat(4000))
    clock.pass(defaultTaskLimits.keptAtLeastMs)
    finishOne(tasks, 'x'.repeat(4000))
    expect(tasks.create(input()).state).toBe('queued')
    expect(codeOf(() => tasks.get('key_a', first))).toBe('not_found')
  })

  test('after a week a finished one is gone from the disk too', async () => {
    const tasks = open()
    finishOne(tasks)
    clock.pass(defaultTaskLimits.keptAtMostMs)
    testVault.vault.lock()
    await testVault.vault.unlock(testVault.password)
    expect(tasks.list('key_a')).toEqual([])
    expect(testVault.vault.records.list('task')).toEqual([])
  })

  test('the time to live that is told is kept: it is an hour after the end, and grows until then', () => {
    const tasks = open()
    const made = tasks.create(input())
    clock.pass(5000)
    expect(tasks.ttlMs(made)).toBe(5000 + defaultTaskLimits.keptAtLeastMs)
    const cancelled = tasks.cancel('key_a', made.id)
    clock.pass(5000)
    expect(tasks.ttlMs(cancelled)).toBe(5000 + defaultTaskLimits.keptAtLeastMs)
  })
})
