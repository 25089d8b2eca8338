/** Every number that bounds tasks; each stands once, here. */
export type TaskLimits = {
  /** Tasks of one assistant that run at once: an assistant is one small container. */
  readonly runningPerAssistant: number
  readonly queuedPerClient: number
  /** Finished tasks kept for one client; the oldest go first. */
  readonly keptPerClient: number
  /** Characters kept for one client, questions and answers together: opened records are held in memory. */
  readonly keptCharsPerClient: number
  /** A finished task is kept at least so long; a client that makes more than fit in that time must wait. */
  readonly keptAtLeastMs: number
  readonly keptAtMostMs: number
  /** A task that found no running assistant for so long has failed. */
  readonly queuedAtMostMs: number
  /** What has come of an answer is written down so often. */
  readonly saveEveryMs: number
  readonly sweepEveryMs: number
}

export const defaultTaskLimits: TaskLimits = {
  runningPerAssistant: 2,
  queuedPerClient: 50,
  keptPerClient: 200,
  keptCharsPerClient: 16 * 1024 * 1024,
  keptAtLeastMs: 3_600_000,
  keptAtMostMs: 7 * 86_400_000,
  queuedAtMostMs: 86_400_000,
  saveEveryMs: 2000,
  sweepEveryMs: 600_000,
}
