import type { Engine } from '../../shared/models/assistant.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { ContainerEngine } from './engine.ts'

const neededMs = 2000
const idleMs = 30_000

/** Looks for the engine again and again, so that it is found without a restart; often only while something waits for it. */
export class EngineWatch {
  readonly #engine: ContainerEngine
  readonly #events: ChangeEvents
  readonly #isNeeded: () => boolean
  readonly #onReady: () => void
  #timer: NodeJS.Timeout | null = null
  #checking: Promise<Engine> | null = null
  #stopped = false

  constructor(options: {
    engine: ContainerEngine
    events: ChangeEvents
    isNeeded: () => boolean
    onReady: () => void
  }) {
    this.#engine = options.engine
    this.#events = options.events
    this.#isNeeded = options.isNeeded
    this.#onReady = options.onReady
  }

  /** Looks now, tells of a change, and plans the next look. Calls at the same time share one look. */
  check(): Promise<Engine> {
    this.#checking ??= this.#look().finally(() => (this.#checking = null))
    return this.#checking
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #look(): Promise<Engine> {
    const before = this.#engine.state
    const now = await this.#engine.check()
    if (JSON.stringify(now) !== JSON.stringify(before)) this.#events.emit('status')
    if (now.state === 'ready') this.#onReady()
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#stopped || now.state === 'unsupported') return now
    this.#timer = setTimeout(() => void this.check(), now.state !== 'ready' && this.#isNeeded() ? neededMs : idleMs)
    this.#timer.unref()
    return now
  }
}
