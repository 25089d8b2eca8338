import type { Topic } from '../shared/ipc/contract.ts'

type Listener = (topic: Topic) => void

/** Announces what changed; carries no data, so nothing secret can leak through it and a listener always fetches the truth. */
export class ChangeEvents {
  readonly #listeners = new Set<Listener>()

  /** Returns the function that ends the subscription. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A listener that throws does not disturb the emitter or the other listeners. */
  emit(topic: Topic): void {
    for (const listener of this.#listeners) {
      try {
        listener(topic)
      } catch {
        // A broken listener must not undo the change it was told about.
      }
    }
  }
}
