import { fork } from 'node:child_process'
import { type Socket, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { KeepAlive } from './keep-alive.ts'

export type LoadServer = {
  readonly port: number
  readonly secrets: ReadonlyArray<string>
  rssMiB(): Promise<number>
  stop(): Promise<void>
}

/** Starts the core in its own process, so that it pays for itself alone. */
export async function startLoadServer(kind: 'raised' | 'default'): Promise<LoadServer> {
  const child = fork(fileURLToPath(new URL('load-server.ts', import.meta.url)), [kind])
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`The server ended with ${code}`))
      child.once('exit', ended)
      child.once('message', (message) => {
        child.off('exit', ended)
        resolve(message as T)
      })
    })
  const { port, secrets } = await next<{ port: number; secrets: ReadonlyArray<string> }>()
  return {
    port,
    secrets,
    rssMiB: async () => {
      child.send('rss')
      return (await next<{ rssMiB: number }>()).rssMiB
    },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop')
      await gone
    },
  }
}

const call = (name: string, args: object): string => message('tools/call', { name, arguments: args })
const mix: ReadonlyArray<readonly [body: string, expected: string]> = [
  [call('openclaw_instances', {}), '"state":"running"'],
  [call('secrets_list', {}), 'github'],
  [message('tools/list', {}), 'openclaw_chat'],
  [call('openclaw_chat', { message: 'water the tomatoes' }), 'tomatoes'],
  [call('approval_status', { id: 'apr_none' }), 'not_found'],
  [message('ping', undefined), '"result":{}'],
  [message('resources/read', { uri: 'file:///etc/passwd' }), '"error"'],
]

function message(method: string, params: object | undefined): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}

export type MixedLoad = { calls: number; errors: string[]; rssMiB: number[] }

/** One client for each key, calls of every kind one after another; the server's memory is looked at 20 times. */
export async function mixedLoad(server: LoadServer, forMs: number, pauseMs: number): Promise<MixedLoad> {
  const load: MixedLoad = { calls: 0, errors: [], rssMiB: [] }
  const endMs = performance.now() + forMs
  const client = async (secret: string, first: number): Promise<void> => {
    const line = new KeepAlive(server.port, secret)
    for (let at = first; performance.now() < endMs; at++) {
      const [body, expected] = mix[at % mix.length] ?? ['', '']
      try {
        const { status, text } = await line.post(body)
        if (!text.includes(expected)) load.errors.push(`${status} ${text.slice(0, 300)}`)
      } catch (error) {
        load.errors.push(String(error))
      }
      load.calls++
      await wait(pauseMs * 2 * Math.random())
    }
    line.close()
  }
  const watch = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await wait(forMs / 20)
      load.rssMiB.push(await server.rssMiB())
    }
  }
  await Promise.all([watch(), ...server.secrets.map(client)])
  return load
}

/** How much the memory grew from the end of the warm-up (so much of the time) to the highest that came after it. */
export function growth({ rssMiB }: MixedLoad, warmUp = 0.4): number {
  const from = Math.floor(rssMiB.length * warmUp)
  const warm = rssMiB[from] ?? Number.NaN
  return Math.max(...rssMiB.slice(from)) / warm
}

/** Times of one careful client's calls, one after another. */
export async function careful(server: LoadServer, secret: string, calls: number, pauseMs: number): Promise<number[]> {
  const line = new KeepAlive(server.port, secret)
  const timesMs: number[] = []
  for (let at = 0; at < calls; at++) {
    const startedMs = performance.now()
    const { status, text } = await line.post(call('openclaw_instances', {}))
    timesMs.push(performance.now() - startedMs)
    if (!text.includes('"state":"running"')) throw new Error(`Not the answer: ${status} ${text.slice(0, 200)}`)
    await wait(pauseMs)
  }
  line.close()
  return timesMs.toSorted((a, b) => a - b)
}

/** The p-th part of sorted times. */
export function quantile(sorted: ReadonlyArray<number>, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

/** Opens connections that say nothing, half a head, or half a body, and go on doing so; ends them when told. */
export async function stall(server: LoadServer, count: number): Promise<() => void> {
  const said = ['', 'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1', 'POST /mcp HTTP/1.1\r\nContent-Length: 100\r\n\r\n{']
  const sockets = new Set<Socket>()
  let isOver = false
  const open = (at: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(said[at % said.length] ?? '')
        resolve()
      })
      sockets.add(socket)
      socket.on('error', () => resolve())
      // One that is thrown out comes again, as a hostile program would.
      socket.on('close', () => {
        sockets.delete(socket)
        if (!isOver) setTimeout(() => void (isOver || open(at)), 100)
      })
    })
  await Promise.all(Array.from({ length: count }, (_, at) => open(at)))
  return () => {
    isOver = true
    for (const socket of sockets) socket.destroy()
  }
}

/** One client that calls as fast as it is answered, on many connections; ends when told, with the number of answers. */
export function flood(server: LoadServer, secret: string, connections: number): () => Promise<number> {
  let isOver = false
  let answers = 0
  const lines = Array.from({ length: connections }, () => new KeepAlive(server.port, secret))
  const all = lines.map(async (line) => {
    while (!isOver) {
      await line.post(call('openclaw_instances', {})).then(
        () => answers++,
        () => wait(10),
      )
    }
  })
  return async () => {
    isOver = true
    for (const line of lines) line.close()
    await Promise.all(all)
    return answers
  }
}
