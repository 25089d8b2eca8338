import type { AuditFacts } from './facts.ts'

/** An act that has begun: its opener is on disk, its closer is written when `close` is called. */
export class AuditOp {
  readonly id: string
  readonly #write: (more: Partial<AuditFacts>) => void
  #noted: Partial<AuditFacts> = {}
  #closed = false

  /** `write` queues the closer with what was noted. */
  constructor(id: string, write: (more: Partial<AuditFacts>) => void) {
    this.id = id
    this.#write = write
  }

  /** Adds to the closer what became known on the way: the rule, the decision, sizes. The last word on a field counts. */
  note(more: Partial<AuditFacts>): void {
    this.#noted = { ...this.#noted, ...more }
  }

  /** Queues the closer; it goes to disk with the next commit, at the latest some milliseconds later. Only the first call counts. */
  close(more: Partial<AuditFacts> = {}): void {
    if (this.#closed) return
    this.#closed = true
    this.#write({ ...more, ...this.#noted })
  }
}
