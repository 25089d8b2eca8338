import { Ban, CircleCheck, CircleX, Hourglass, type LucideIcon, Play, Unplug } from 'lucide-react'
import type { TaskState, TaskView } from '../../../../shared/models/task.ts'
import type { Tone } from '../../components/ui/badge.tsx'
import { count } from '../../lib/format.ts'
import { visibleString } from '../../lib/visible-text.ts'

/** Clients that signed in named themselves. */
export const nameMaxChars = 60

/** How the states of a task are shown, beside their words. */
export const taskLooks: Readonly<Record<TaskState, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  queued: { icon: Hourglass, tone: 'wait' },
  running: { icon: Play, tone: 'ok' },
  completed: { icon: CircleCheck, tone: 'neutral' },
  failed: { icon: CircleX, tone: 'danger' },
  cancelled: { icon: Ban, tone: 'neutral' },
  interrupted: { icon: Unplug, tone: 'neutral' },
}

/** Whether it waits or is at work, so that it can be cancelled. */
export function isUnderWay({ state }: TaskView): boolean {
  return state === 'queued' || state === 'running'
}

/** What is at work first, then what waits, then what is over; within each the newest first. */
export function underWayFirst(a: TaskView, b: TaskView): number {
  return rank(a) - rank(b) || b.createdAtMs - a.createdAtMs
}

/** `1 at work, 2 waiting` of these; null when none is under way. */
export function underWayWords(tasks: ReadonlyArray<TaskView>): string | null {
  const running = tasks.filter(({ state }) => state === 'running').length
  const queued = tasks.filter(({ state }) => state === 'queued').length
  const words = [running > 0 ? `${running} at work` : [], queued > 0 ? `${queued} waiting` : []].flat()
  return words.length === 0 ? null : words.join(', ')
}

/** The assistant it was given to, by the name it had then. */
export function assistantOf({ instance }: TaskView): string {
  return instance ?? 'no assistant'
}

/** The client's name, made visible. */
export function clientOf({ clientName }: TaskView): string {
  return visibleString(clientName, nameMaxChars)
}

/** `1,204 characters`, and that they are still coming. */
export function answerWords({ state, characters }: TaskView): string {
  if (characters === 0) return state === 'running' || state === 'queued' ? 'nothing yet' : 'no answer'
  return state === 'running' ? `${count(characters, 'character')} so far` : count(characters, 'character')
}

function rank({ state }: TaskView): number {
  return state === 'running' ? 0 : state === 'queued' ? 1 : 2
}
