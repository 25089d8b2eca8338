import type { Assistant, AssistantState } from '../../../../shared/models/assistant.ts'
import { cn } from '../../lib/class-names.ts'
import { memorySize } from '../../lib/format.ts'

type Look = { readonly word: string; readonly dot: string; readonly text: string }

const looks: Readonly<Record<AssistantState, Look>> = {
  stopped: { word: 'Stopped', dot: 'border border-ink-muted', text: 'text-ink-muted' },
  preparing: { word: 'Preparing', dot: 'bg-wait', text: 'text-wait' },
  starting: { word: 'Starting', dot: 'bg-wait', text: 'text-wait' },
  running: { word: 'Running', dot: 'bg-ok', text: 'text-ok' },
  unhealthy: { word: 'Not answering', dot: 'rounded-[2px] bg-danger', text: 'text-danger' },
  restarting: { word: 'Restarting', dot: 'bg-wait', text: 'text-wait' },
  stopping: { word: 'Stopping', dot: 'bg-wait', text: 'text-wait' },
  failed: { word: 'Failed', dot: 'rounded-[2px] bg-danger', text: 'text-danger' },
}

/** The state as a dot and its word; what is wrong is a square, so that it does not rest on colour. */
export function StateMark({ state }: { readonly state: AssistantState }) {
  const { word, dot, text } = looks[state]
  return (
    <span className={cn('inline-flex items-center gap-1.5 text-13 font-medium', text)}>
      <span aria-hidden className={cn('size-2 shrink-0 rounded-full', dot)} />
      {word}
    </span>
  )
}

/** Whether a container is there that can be stopped. */
export function isUp(state: AssistantState): boolean {
  return state === 'running' || state === 'unhealthy' || state === 'restarting'
}

/** Whether something is under way that can be cancelled. */
export function isComing(state: AssistantState): boolean {
  return state === 'preparing' || state === 'starting'
}

/** The image in words: the demo assistant has no name a person would know. */
export function imageWords(assistant: Pick<Assistant, 'image'>): string {
  return assistant.image === 'demo' ? 'Demo assistant' : assistant.image
}

/** `212 MB of 1.5 GB`, or just the limit when nothing runs. */
export function memoryWords({ memoryUsedMiB, memoryMiB }: Pick<Assistant, 'memoryUsedMiB' | 'memoryMiB'>): string {
  return memoryUsedMiB === null
    ? `up to ${memorySize(memoryMiB)}`
    : `${memorySize(memoryUsedMiB)} of ${memorySize(memoryMiB)}`
}
