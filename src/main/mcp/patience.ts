import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type Limits, RateLimit } from './limits.ts'

/**
 * Slows down who is refused over and over. The first refusals go out at once; after that each answer is held for a
 * while, so that a client in a tight loop costs next to nothing and the others keep their pace. When too many are held
 * already, the connection is cut.
 */
export class Patience {
  readonly #limits: Pick<Limits, 'heldMs' | 'maxHeld'>
  readonly #quick: RateLimit
  #held = 0

  constructor(clock: Clock, limits: Pick<Limits, 'refusalsPerSecond' | 'refusalBurst' | 'heldMs' | 'maxHeld'>) {
    this.#limits = limits
    this.#quick = new RateLimit(clock, { perSecond: limits.refusalsPerSecond, burst: limits.refusalBurst })
  }

  /** Resolves when the refusal may be sent; false when the connection was cut or has gone. */
  async wait(who: string, response: ServerResponse): Promise<boolean> {
    if (this.#quick.take(who).ok) return true
    if (this.#held >= this.#limits.maxHeld) {
      response.destroy()
      return false
    }
    this.#held++
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        response.off('close', done)
        resolve()
      }
      const timer = setTimeout(done, this.#limits.heldMs)
      response.once('close', done)
    })
    this.#held--
    return !response.destroyed
  }
}
