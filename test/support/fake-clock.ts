import type { Clock } from '../../src/main/clock.ts'

/** A clock that only moves when told: both kinds of time together, or the wall clock alone as a person would set it. */
export class FakeClock implements Clock {
  #wallMs = Date.UTC(2026, 10, 1)
  #monotonicMs = 1000

  now(): number {
    return this.#wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  pass(ms: number): void {
    this.#wallMs += ms
    this.#monotonicMs += ms
  }

  setWall(atMs: number): void {
    this.#wallMs = atMs
  }
}
