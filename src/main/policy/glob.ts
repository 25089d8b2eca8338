/** Longest text a glob is tried on; work is at most this times the pattern's length, whatever the pattern. */
const longestTextChars = 16_384

type Step = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'one' | 'run' | 'deep-run' }

/**
 * Whether the whole text fits the pattern: `*` is any run without `/`, `**` any run, `?` one character but `/`, `\` makes the
 * next character plain. All states are walked at once, so no pattern can make it slow (a regular expression could be).
 * Throws TypeError for a pattern it does not know (`[`, `{`, a `\` at the end) and for a text that is too long to judge.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const steps = readSteps(pattern)
  if (text.length > longestTextChars) throw new TypeError('The text is too long for a glob')
  let now = new Uint8Array(steps.length + 1)
  let next = new Uint8Array(steps.length + 1)
  now[0] = 1
  passEmptyRuns(steps, now)
  for (const char of text) {
    next.fill(0)
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at]
      if (now[at] === 0 || step === undefined) continue
      if (step.kind === 'deep-run' || (step.kind === 'run' && char !== '/')) next[at] = 1
      else if (step.kind === 'one' ? char !== '/' : step.kind === 'char' && step.char === char) next[at + 1] = 1
    }
    passEmptyRuns(steps, next)
    ;[now, next] = [next, now]
  }
  return now[steps.length] === 1
}

function passEmptyRuns(steps: ReadonlyArray<Step>, states: Uint8Array): void {
  for (let at = 0; at < steps.length; at++) {
    const kind = steps[at]?.kind
    if (states[at] === 1 && (kind === 'run' || kind === 'deep-run')) states[at + 1] = 1
  }
}

function readSteps(pattern: string): ReadonlyArray<Step> {
  const steps: Step[] = []
  const chars = [...pattern]
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? ''
    if (char === '\\') {
      const plain = chars[++index]
      if (plain === undefined) throw new TypeError('A glob cannot end with \\')
      steps.push({ kind: 'char', char: plain })
    } else if (char === '*') {
      const deep = chars[index + 1] === '*'
      while (chars[index + 1] === '*') index++
      steps.push({ kind: deep ? 'deep-run' : 'run' })
    } else if (char === '?') {
      steps.push({ kind: 'one' })
    } else if ('[]{}'.includes(char)) {
      throw new TypeError(`A glob cannot use ${char}`)
    } else {
      steps.push({ kind: 'char', char })
    }
  }
  return steps
}
