/** A function that runs `run` at once and then, however often it is called, at most once in `everyMs`; the last call counts. */
export function throttled(run: () => void, everyMs: number): () => void {
  let waiting = false
  let again = false
  const turn = (): void => {
    waiting = true
    again = false
    run()
    setTimeout(() => {
      waiting = false
      if (again) turn()
    }, everyMs).unref()
  }
  return () => {
    if (waiting) again = true
    else turn()
  }
}
