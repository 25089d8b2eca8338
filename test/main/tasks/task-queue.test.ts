import { expect, test } from 'vitest'
import { nextTask } from '../../../src/main/tasks/task-queue.ts'
import type { Task } from '../../../src/main/tasks/task.ts'

let made = 0

function task(client: string, more: Partial<Task> = {}): Task {
  made += 1
  return {
    id: `${client}-${made}`,
    client: { kind: 'key', id: client, name: client, scopes: [] },
    tool: 'openclaw_chat',
    args: {},
    assistantId: 'ast_a',
    instance: 'a',
    sessionId: null,
    priority: 0,
    state: 'queued',
    text: '',
    result: null,
    error: null,
    createdAtMs: made,
    startedAtMs: null,
    endedAtMs: null,
    updatedAtMs: made,
    ...more,
  }
}

function next(tasks: ReadonlyArray<Task>, more: Partial<Parameters<typeof nextTask>[0]> = {}): string | undefined {
  return nextTask({ tasks, runningPerAssistant: 2, isReady: () => true, lastServed: new Map(), ...more })?.id
}

/** Runs the queue with one place to its end: the clients in the order they are served. */
function order(tasks: ReadonlyArray<Task>): string {
  const lastServed = new Map<string, number>()
  let left = [...tasks]
  const served: string[] = []
  while (left.length > 0) {
    const found = nextTask({ tasks: left, runningPerAssistant: 1, isReady: () => true, lastServed })
    if (found === null) throw new Error('stuck')
    lastServed.set(found.client.id, served.length)
    served.push(found.id.slice(0, 1))
    left = left.filter((each) => each.id !== found.id)
  }
  return served.join('')
}

test('a client that has queued twenty does not hold up one that comes later with two', () => {
  const flood = Array.from({ length: 20 }, () => task('a'))
  const late = [task('b'), task('b')]
  expect(order([...flood, ...late])).toBe(`abab${'a'.repeat(18)}`)
})

test('priority orders the tasks of a client, and overtakes nobody else', () => {
  const first = task('a')
  const second = task('a', { priority: 5 })
  expect(next([first, second])).toBe(second.id)
  const urgent = task('b', { priority: 1_000_000 })
  expect(next([first, urgent])).toBe(first.id)
})

test('an assistant takes as much at once as it may, and another is not held up by it', () => {
  const busy = [task('a', { state: 'running' }), task('b', { state: 'running' })]
  const waits = task('c')
  const elsewhere = task('c', { assistantId: 'ast_b' })
  expect(next([...busy, waits])).toBeUndefined()
  expect(next([...busy, waits, elsewhere])).toBe(elsewhere.id)
})

test('of two places one client gets both only while nobody else waits', () => {
  const running = task('a', { state: 'running' })
  const again = task('a')
  const other = task('b')
  expect(next([running, again, other], { lastServed: new Map([['b', 9]]) })).toBe(other.id)
  expect(next([running, again])).toBe(again.id)
})

test('two tasks of one conversation never run at once; the same word of another client is another conversation', () => {
  const running = task('a', { state: 'running', sessionId: 's' })
  expect(next([running, task('a', { sessionId: 's' })])).toBeUndefined()
  const other = task('b', { sessionId: 's' })
  expect(next([running, other])).toBe(other.id)
})

test('a task waits for its assistant, and one without an assistant for none', () => {
  const isReady = (): boolean => false
  expect(next([task('a')], { isReady })).toBeUndefined()
  const free = task('a', { assistantId: null })
  expect(next([task('a'), free], { isReady })).toBe(free.id)
})
