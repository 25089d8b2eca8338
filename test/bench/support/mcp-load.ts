import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'

/** One server under load: where it is, and the call it gets. */
export type Target = {
  readonly process: ChildProcess
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The message, without its id: in a session no two may be alike. */
  readonly message: object
  /** What a right answer contains: a fast refusal is not a fast answer. */
  readonly expected: string
}

export type Burst = { readonly latenciesMs: number[]; wallMs: number }

type Load = { readonly connections: number; readonly bursts: number; readonly callsPerBurst: number }

const warmUpBursts = 4
let calls = 0

/** The same load on both in short bursts that take turns, so that both see the same machine. */
export async function compare(ours: Target, theirs: Target, load: Load): Promise<[ours: Burst, theirs: Burst]> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const totals: [Burst, Burst] = [
    { latenciesMs: [], wallMs: 0 },
    { latenciesMs: [], wallMs: 0 },
  ]
  const pair: ReadonlyArray<[Target, Burst]> = [
    [ours, totals[0]],
    [theirs, totals[1]],
  ]
  for (let at = 0; at < load.bursts + warmUpBursts; at++) {
    for (const [target, total] of at % 2 === 0 ? pair : pair.toReversed()) {
      const burst = await run(target, load, agent)
      if (at < warmUpBursts) continue
      total.latenciesMs.push(...burst.latenciesMs)
      total.wallMs += burst.wallMs
    }
  }
  agent.destroy()
  return totals
}

async function run(target: Target, { connections, callsPerBurst }: Load, agent: Agent): Promise<Burst> {
  const latenciesMs: number[] = []
  let left = callsPerBurst
  const startedMs = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) latenciesMs.push(await call(target, agent))
    }),
  )
  return { latenciesMs, wallMs: performance.now() - startedMs }
}

/** Makes the call once and gives how long it took; rejects when the answer is not the expected one. */
export function call({ url, headers, message, expected }: Omit<Target, 'process'>, agent?: Agent): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++calls, ...message })
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } }
    const sent = httpRequest(url, agent === undefined ? options : { ...options, agent }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        if (text.includes(expected) && !text.includes('"isError":true')) resolve(performance.now() - startedMs)
        else reject(new Error(`Not the answer: ${text.slice(0, 200)}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Starts a program of this folder and gives the first line it prints, which is JSON. */
export function startProcess<T>(
  command: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ process: ChildProcess; said: T }> {
  const child = spawn(process.execPath, [...command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${command.join(' ')} ended with ${code}`)))
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve({ process: child, said: JSON.parse(line) as T }),
    )
  })
}

/** Memory of a process now, in MiB. */
export function residentMiB({ pid }: ChildProcess): number {
  const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim())
  return Math.round(kib / 1024)
}

export function p50({ latenciesMs }: Burst): number {
  return latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length / 2)] ?? Number.NaN
}

export function perSecond({ latenciesMs, wallMs }: Burst): number {
  return Math.round((latenciesMs.length / wallMs) * 1000)
}
