import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const repoRoot = fileURLToPath(new URL('../..', import.meta.url))

export type RunningScript = {
  readonly child: ChildProcess
  /** Every JSON line it has printed, in order. */
  readonly lines: Array<Record<string, unknown>>
  readonly errors: () => string
  /** Resolves with the first line that passes; rejects when the process ends before. */
  readonly line: (test: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts a script with this Node and reads the JSON lines it prints. */
export function spawnScript(file: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}): RunningScript {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: repoRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Array<Record<string, unknown>> = []
  const waiting = new Set<() => void>()
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (!text.startsWith('{')) return
    try {
      lines.push(JSON.parse(text) as Record<string, unknown>)
    } catch {
      return // A line that the kill cut in half was not acknowledged.
    }
    for (const check of waiting) check()
  })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    // `close` comes after the last line was read, `exit` may come before.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const line: RunningScript['line'] = (test) =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = lines.find(test)
        if (found === undefined) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
      void exited.then(({ code, signal }) =>
        reject(new Error(`The process ended (${code ?? signal}) before the line came: ${stderr}`)),
      )
    })
  return { child, lines, errors: () => stderr, line, exited }
}
