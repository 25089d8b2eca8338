import type { Readable } from 'node:stream'
import { ProgressLine } from './engine-answers.ts'

/** dockerode's reader of such a stream. */
type Modem = {
  followProgress(
    stream: NodeJS.ReadableStream,
    finish: (error: Error | null) => void,
    onLine: (line: unknown) => void,
  ): void
}

/** Reads the progress of a pull or an import to its end; rejects with what a line says went wrong, or the reason of `signal`. */
export async function followProgress(
  modem: Modem,
  stream: NodeJS.ReadableStream,
  onLine: (line: ProgressLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = (): void => void (stream as Readable).destroy(signal.reason as Error)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    await new Promise<void>((resolve, reject) => {
      const finish = (error: Error | null): void => (error === null ? resolve() : reject(error))
      modem.followProgress(stream, finish, (raw: unknown) => {
        const line = ProgressLine.safeParse(raw)
        if (!line.success) return
        // A pull that fails half-way still ends with HTTP 200; the error is only in a line.
        if (line.data.error !== undefined) reject(new Error(line.data.error))
        else onLine(line.data)
      })
    })
  } finally {
    signal.removeEventListener('abort', end)
  }
}
