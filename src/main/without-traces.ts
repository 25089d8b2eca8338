/** Runs what makes errors that nobody will read: their stack traces cost more than all the rest of it. */
export function withoutTraces<T>(run: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = limit
  }
}
