/** How a container ended. */
export type ContainerExit = {
  /** Null when it is not known: the container was removed from outside. */
  readonly exitCode: number | null
  readonly oomKilled: boolean
  /** Last lines of its output, cleaned. */
  readonly lines: ReadonlyArray<string>
}

export type ExitReason = {
  readonly message: string
  readonly hint: string
  /** False when the same would only happen again. */
  readonly worthRestarting: boolean
}

/** Exit code of OpenClaw for a configuration it cannot use (EX_CONFIG of sysexits.h). */
const configErrorCode = 78
/** 128 + SIGKILL. */
const killedCode = 137
/** 128 + SIGABRT: what V8 does when its heap is full. */
const abortedCode = 134
const hintLines = 3

/** Says in words why a container ended and what to do about it. */
export function explainExit(name: string, memoryMiB: number, exit: ContainerExit): ExitReason {
  const heapFull = exit.exitCode === abortedCode && exit.lines.some((line) => /heap out of memory/i.test(line))
  if (exit.oomKilled || heapFull) {
    return {
      message: `${name} used more than its ${memoryMiB} MiB of memory and was stopped (exit ${exit.exitCode}).`,
      hint: 'Raise the memory and start it again: remove the assistant but keep its data, then create it under the same name with more memory.',
      worthRestarting: true,
    }
  }
  if (exit.exitCode === null) {
    return {
      message: `The container of ${name} was removed from outside.`,
      hint: 'Its data is still there; start it again.',
      worthRestarting: true,
    }
  }
  if (exit.exitCode === killedCode) {
    return {
      message: `${name} was killed from outside (exit 137).`,
      hint: `Most often the machine ran out of memory. Close other programs, or give ${name} less than its ${memoryMiB} MiB, and start it again.`,
      worthRestarting: true,
    }
  }
  if (exit.exitCode === configErrorCode) {
    return {
      message: `${name} cannot use its configuration (exit 78).`,
      hint: withLines('Correct the configuration in its data, then start it again.', exit.lines),
      worthRestarting: false,
    }
  }
  return {
    message: exit.exitCode === 0 ? `${name} ended by itself.` : `${name} ended with exit code ${exit.exitCode}.`,
    hint: withLines('Its log may say why.', exit.lines),
    worthRestarting: true,
  }
}

/** A hint that ends with what the container said last. */
export function withLines(hint: string, lines: ReadonlyArray<string>): string {
  const last = lines.filter((line) => line.trim() !== '').slice(-hintLines)
  return last.length === 0 ? hint : `${hint} Last lines: ${last.join(' / ')}`.slice(0, 1000)
}
