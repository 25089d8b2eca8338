import type { AppError } from '../../shared/app-error.ts'
import type { Finding } from './walk.ts'

/** Why the log deserves attention, in one sentence for the window; says when that changes. */
export class LogHealth {
  readonly #changed: () => void
  #writing: string | null = null
  #noting: string | null = null
  #break: Finding | null = null

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** The most pressing first: it cannot be written, it is not whole, the vault could not note its state. */
  get problem(): string | null {
    const broken = this.#break === null ? null : `The audit log is not whole. ${this.#break.message}`
    return this.#writing ?? broken ?? this.#noting
  }

  /** A write failed, or (null) succeeded again. */
  writing(error: AppError | null): void {
    this.#set(() => {
      this.#writing = error?.message ?? null
    })
  }

  /** The vault could not note a checkpoint, or (null) could. */
  noting(reason: string | null): void {
    this.#set(() => {
      this.#noting = reason
    })
  }

  /** Something does not fit. The earliest finding stays reported. */
  found(finding: Finding): void {
    if (this.#break !== null && this.#break.index <= finding.index) return
    this.#set(() => {
      this.#break = finding
    })
  }

  #set(change: () => void): void {
    const before = this.problem
    change()
    if (this.problem !== before) this.#changed()
  }
}
