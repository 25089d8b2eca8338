import type { Assistant } from '../../shared/models/assistant.ts'
import type { AssistantRecord } from './container-run.ts'
import { demoImage } from './image.ts'

/** A change smaller than this is not worth a refetch of the window. */
const shownMemoryStepMiB = 4

/** How an assistant is now: what the window shows beside its record. */
export type SituationFacts = Omit<Assistant, keyof AssistantRecord>

type Reason = { readonly message: string; readonly hint?: string | null | undefined }

export const atRest: SituationFacts = {
  state: 'stopped',
  message: null,
  hint: null,
  progress: null,
  containerId: null,
  startedAtMs: null,
  memoryUsedMiB: null,
  restarts: 0,
  exitCode: null,
}

/** Holds how an assistant is and tells of every change. */
export class Situation {
  readonly #image: string
  readonly #onChange: () => void
  #now = atRest

  constructor(image: string, onChange: () => void) {
    this.#image = image
    this.#onChange = onChange
  }

  get now(): SituationFacts {
    return this.#now
  }

  set(change: Partial<SituationFacts>): void {
    this.#now = { ...this.#now, ...change }
    this.#onChange()
  }

  fail({ message, hint }: Reason, exitCode: number | null = null): void {
    this.set({ ...atRest, state: 'failed', message, hint: hint ?? null, exitCode, restarts: this.#now.restarts })
  }

  /** It is started again by itself, later. */
  restarting({ message, hint }: Reason, exitCode: number | null): void {
    this.set({ ...atRest, state: 'restarting', message, hint: hint ?? null, exitCode, restarts: this.#now.restarts })
  }

  health(healthy: boolean, { message, hint }: Reason): void {
    const { state } = this.#now
    if (healthy && state === 'unhealthy') this.set({ state: 'running', message: null, hint: null })
    if (!healthy && state === 'running') this.set({ state: 'unhealthy', message, hint: hint ?? null })
  }

  memory(usedMiB: number): void {
    const shown = this.#now.memoryUsedMiB
    if (shown === null || Math.abs(shown - usedMiB) >= shownMemoryStepMiB) this.set({ memoryUsedMiB: usedMiB })
  }

  /** Of the image, 0 to 1; null when it cannot be known. */
  progress(share: number | null): void {
    const progress = share === null ? null : Math.round(share * 100) / 100
    const message = this.#image === demoImage ? 'Making the image of the demo assistant.' : `Pulling ${this.#image}.`
    if (progress !== this.#now.progress || message !== this.#now.message) this.set({ progress, message })
  }
}
