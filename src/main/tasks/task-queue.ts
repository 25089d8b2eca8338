import type { Task } from './task.ts'

type Turn = {
  /** Oldest first. */
  readonly tasks: ReadonlyArray<Task>
  readonly runningPerAssistant: number
  /** Whether the assistant can be talked to now. */
  readonly isReady: (assistantId: string) => boolean
  /** A number that grows with each task begun, by client; a client that had none comes first. */
  readonly lastServed: ReadonlyMap<string, number>
}

/**
 * The task that may begin now, or null. Each assistant has its own queue, which is fair by client: of those that wait, the
 * one with the fewest running, then the one served longest ago. Priority orders a client's own tasks only, so that nobody
 * overtakes others by asking for it. Two tasks of one conversation never run at once.
 */
export function nextTask(turn: Turn): Task | null {
  const queues = new Set(turn.tasks.filter((task) => task.state === 'queued').map((task) => task.assistantId))
  for (const assistantId of queues) {
    if (assistantId !== null && !turn.isReady(assistantId)) continue
    const next = nextOf(
      turn.tasks.filter((task) => task.assistantId === assistantId),
      turn,
    )
    if (next !== null) return next
  }
  return null
}

function nextOf(tasks: ReadonlyArray<Task>, { runningPerAssistant, lastServed }: Turn): Task | null {
  const running = tasks.filter((task) => task.state === 'running')
  if (running.length >= runningPerAssistant) return null
  const able = tasks.filter(
    (task) => task.state === 'queued' && !running.some((other) => isSameConversation(other, task)),
  )
  const clients = [...new Set(able.map((task) => task.client.id))].map((id) => ({
    id,
    running: running.filter((task) => task.client.id === id).length,
    served: lastServed.get(id) ?? -1,
  }))
  const [client] = clients.toSorted((a, b) => a.running - b.running || a.served - b.served)
  const [task] = able.filter((each) => each.client.id === client?.id).toSorted((a, b) => b.priority - a.priority)
  return task ?? null
}

function isSameConversation(a: Task, b: Task): boolean {
  return a.sessionId !== null && a.sessionId === b.sessionId && a.client.id === b.client.id
}
