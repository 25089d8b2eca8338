/** How long and how often an assistant is waited for and looked after. */
export type Timings = {
  readonly demoReadyMs: number
  readonly readyMs: number
  readonly measureEveryMs: number
  readonly healthEveryMs: number
  /** Between two looks for an engine that went away. */
  readonly engineRetryMs: number
}

export const defaultTimings: Timings = {
  demoReadyMs: 60_000,
  readyMs: 120_000,
  measureEveryMs: 5000,
  healthEveryMs: 10_000,
  engineRetryMs: 1000,
}
