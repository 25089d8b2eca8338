import { Agent } from 'node:http'
import type { Readable, Writable } from 'node:stream'
import { type Message, closeSession, deliver, idOf, parseMessage, post } from './bridge-post.ts'
import {
  type BridgeWaits,
  type CorePlace,
  type LocateCore,
  defaultWaits,
  waitForCore,
  waitForUnlock,
} from './bridge-wait.ts'
import { onMessageLines } from './message-lines.ts'

export type StdioBridgeOptions = {
  /** Finds the running core, before every message. */
  readonly locate: LocateCore
  /** The API key of the client that speaks on stdin. */
  readonly key: string
  readonly stdin: Readable
  readonly stdout: Writable
  readonly signal: AbortSignal
  readonly waits?: Partial<BridgeWaits>
}

/** After stdin ends, what is still running may finish for this long; then it is cancelled. */
const drainMs = 2000
/** Shorter than the server keeps a connection: one that it closes at this very moment is never chosen. */
const idleSocketMs = 10_000
const clientInfoKey = 'io.modelcontextprotocol/clientInfo'

/** Asking these twice does no more than asking once. */
const repeatable =
  /^(?:ping|initialize|server\/discover|completion\/complete|tasks\/(?:get|result|list)|(?:tools|prompts|resources|resources\/templates)\/(?:list|get|read))$/

/**
 * Carries MCP between standard input and output (one JSON-RPC message per line) and the HTTP server, in both protocol
 * eras: answers, progress as it comes, and cancellation by closing the one request it belongs to. Tool calls wait while
 * the vault is locked; a core that starts late, restarts or moves is found. Nothing but protocol is written to stdout. Resolves
 * when stdin ends or the signal aborts.
 */
export async function runStdioBridge(options: StdioBridgeOptions): Promise<void> {
  const { stdin, stdout, signal } = options
  const carrier = new Carrier(options)
  const stopReading = onMessageLines(stdin, (line) => carrier.take(line))
  await new Promise<void>((resolve) => {
    for (const end of ['end', 'close', 'error']) stdin.once(end, () => resolve())
    stdout.once('error', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
  stopReading()
  await carrier.end()
}

class Carrier {
  readonly #options: StdioBridgeOptions
  readonly #waits: BridgeWaits
  readonly #agent = new Agent({ keepAlive: true, timeout: idleSocketMs })
  readonly #running = new Map<string | number, AbortController>()
  readonly #pending = new Set<Promise<void>>()
  readonly #ended = new AbortController()
  #wasThere = false
  #locating: Promise<CorePlace | null> | null = null
  #sessionRevision: string | undefined
  #clientInfo: unknown

  constructor(options: StdioBridgeOptions) {
    this.#options = options
    this.#waits = { ...defaultWaits, ...options.waits }
  }

  /** Null: a line that was too long. */
  take(line: string | null): void {
    if (line?.trim() === '') return
    const message = line === null ? null : parseMessage(line)
    if (message === null) {
      const error = { code: -32700, message: 'This line is not one JSON-RPC message.' }
      return this.#write({ jsonrpc: '2.0', id: null, error })
    }
    if (message['method'] === 'notifications/cancelled') {
      const named = (message['params'] as { requestId?: unknown } | undefined)?.requestId
      // Closing the request is how a stream is cancelled in both eras; the notification itself has nothing left to name.
      if (typeof named === 'string' || typeof named === 'number') this.#running.get(named)?.abort()
      return
    }
    const done: Promise<void> = this.#carry(message).finally(() => this.#pending.delete(done))
    this.#pending.add(done)
  }

  /** What is nearly done is answered, the rest is cancelled. */
  async end(): Promise<void> {
    const giveUp = setTimeout(() => this.#ended.abort(), drainMs)
    await Promise.allSettled(this.#pending)
    clearTimeout(giveUp)
    this.#agent.destroy()
  }

  async #carry(message: Message): Promise<void> {
    const id = idOf(message)
    const stop = new AbortController()
    if (id !== null) this.#running.set(id, stop)
    const signal = AbortSignal.any([this.#options.signal, this.#ended.signal, stop.signal])
    try {
      const problem = await this.#exchange(message, id, signal)
      if (problem !== null && id !== null && !signal.aborted) this.#write(failure(id, problem))
    } catch {
      if (id !== null && !signal.aborted) this.#write(failure(id, notThere))
    } finally {
      if (id !== null && this.#running.get(id) === stop) this.#running.delete(id)
    }
  }

  /** Sends a message and hands on its answer; once more when that cannot do harm. Gives what went wrong, or null. */
  async #exchange(message: Message, id: string | number | null, signal: AbortSignal): Promise<string | null> {
    let problem: string | null = null
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const place = await this.#placeFor(message, signal)
      if (place === null) return notThere
      const sent = await this.#send(message, id, place, signal)
      if (sent === 'answered') return null
      if (signal.aborted) return null
      problem = sent === 'cut' ? cutOff : notThere
      const method = message['method']
      const isHarmless = sent === 'refused' || (typeof method === 'string' && repeatable.test(method))
      if (!isHarmless) return problem
    }
    return problem
  }

  /** The core may have moved since the last message; and where it was, another program may listen now that must not get the key. */
  async #placeFor(message: Message, signal: AbortSignal): Promise<CorePlace | null> {
    const { firstMs, restartMs, pollMs } = this.#waits
    const patienceMs = this.#wasThere ? restartMs : firstMs
    const place = await waitForCore(() => this.#locate(), { patienceMs, pollMs }, signal)
    if (place === null || message['method'] !== 'tools/call' || !place.locked) return place
    const tell = (told: Message): void => this.#write(told)
    return waitForUnlock(place, { message, tell, signal }, () => this.#locate(), this.#waits)
  }

  /** Many calls at once ask once. */
  #locate(): Promise<CorePlace | null> {
    this.#locating ??= this.#options.locate().then(
      (place) => {
        this.#locating = null
        this.#wasThere ||= place !== null
        return place
      },
      (error: unknown) => {
        this.#locating = null
        throw error
      },
    )
    return this.#locating
  }

  /** `refused`: nobody took it; `cut`: it went out and no answer came back. */
  async #send(
    message: Message,
    id: string | number | null,
    { url }: CorePlace,
    signal: AbortSignal,
  ): Promise<'answered' | 'refused' | 'cut'> {
    const { key } = this.#options
    const sending = { url, key, agent: this.#agent, sessionRevision: this.#sessionRevision, signal }
    try {
      const answer = await post(this.#introduced(message), sending)
      const isInitialize = message['method'] === 'initialize'
      // The bridge is one program for as long as it runs and cancels by closing: it needs no session.
      const sessionId = answer.headers['mcp-session-id']
      const answered = await deliver(answer, id, (received) => {
        if (isInitialize && idOf(received) === id) this.#learn(message, received)
        this.#write(received)
      })
      if (isInitialize && typeof sessionId === 'string') closeSession(sessionId, sending)
      return answered || id === null ? 'answered' : 'cut'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'cut'
    }
  }

  #learn(initialize: Message, answer: Message): void {
    const { result } = answer as { result?: { protocolVersion?: unknown } }
    if (typeof result?.protocolVersion !== 'string') return
    this.#sessionRevision = result.protocolVersion
    this.#clientInfo = (initialize['params'] as { clientInfo?: unknown } | undefined)?.clientInfo
  }

  /** Without a session each message says whose it is, as those of 2026-07-28 do by themselves. */
  #introduced(message: Message): Message {
    if (this.#clientInfo === undefined || typeof message['method'] !== 'string') return message
    const params = (message['params'] ?? {}) as { _meta?: Readonly<Record<string, unknown>> }
    return { ...message, params: { ...params, _meta: { [clientInfoKey]: this.#clientInfo, ...params._meta } } }
  }

  #write(message: unknown): void {
    const { stdout } = this.#options
    if (stdout.writable) stdout.write(`${JSON.stringify(message)}\n`)
  }
}

const notThere = 'Clawkeep cannot be reached. Start it and try again.'
const cutOff =
  'Clawkeep went away before it answered. Whether the call was carried out is not known: look before you repeat it.'

function failure(id: string | number, message: string): Message {
  return { jsonrpc: '2.0', id, error: { code: -32000, message } }
}
