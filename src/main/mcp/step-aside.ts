import { inputRequired } from '@modelcontextprotocol/server'
import { AppError } from '../../shared/app-error.ts'
import type { Approval } from '../../shared/models/approval.ts'
import type { InputNeeded } from './round.ts'

/**
 * Ends a call that waits for the person too long for its client, so that the client can tell its user to look at the
 * Clawkeep window and then come back. Only the call ends; the question stays, and nothing the client answers decides it.
 */
export class StepAside {
  readonly signal: AbortSignal
  readonly #afterMs: number
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #waitsFor: Approval | null = null

  constructor(afterMs: number, signal: AbortSignal) {
    this.#afterMs = afterMs
    this.signal = AbortSignal.any([signal, this.#stop.signal])
  }

  /** The question that was still open when the time was over; null before that. */
  get waitsFor(): Approval | null {
    return this.#waitsFor
  }

  start(approval: Approval): void {
    this.stop()
    this.#timer = setTimeout(() => {
      // The call itself ended first: that is the answer then.
      if (this.signal.aborted) return
      this.#waitsFor = approval
      this.#stop.abort(new AppError('cancelled', 'The client was told to look at the Clawkeep window.'))
    }, this.#afterMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Nothing of the request is in the text: it is shown by a program that Clawkeep does not control. */
  askClient(): InputNeeded {
    const id = this.#waitsFor?.id ?? ''
    return {
      inputRequests: {
        clawkeep: inputRequired.elicit({
          message: `Clawkeep asks in its own window whether this may happen (approval ${id}). Decide there first, then continue here. Nothing you answer here allows or denies it.`,
          requestedSchema: { type: 'object', properties: {} },
        }),
      },
      state: { kind: 'approval', id },
    }
  }
}
