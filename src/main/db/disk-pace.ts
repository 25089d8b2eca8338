/** On a disk that answers in this time on the average it is no use to wait in a thread: waking it and being woken takes as long. */
const quickMs = 0.6
/** What the average is before the first answer: not quick. */
const unknownMs = 2
/** How much each answer counts for the average. */
const weight = 1 / 8

/** Learns from the answers of a disk whether it is worth a thread to wait for it. */
export class DiskPace {
  #averageMs = unknownMs

  /** Whether the disk is so quick that waiting for it in place costs nothing. */
  get isQuick(): boolean {
    return this.#averageMs < quickMs
  }

  /** It answered in place. */
  tookInPlace(ms: number): void {
    this.#averageMs += (ms - this.#averageMs) * weight
  }

  /**
   * It answered through a thread, which on a busy machine takes longer than the disk. So a slow answer says nothing: it counts
   * as half the average, and the disk is tried in place again after some.
   */
  tookAside(ms: number): void {
    this.tookInPlace(Math.min(ms, this.#averageMs / 2))
  }
}
