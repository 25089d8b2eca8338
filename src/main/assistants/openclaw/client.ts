import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { z } from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { type Connect, GatewayConnections } from './connections.ts'
import { Outgoing } from './outgoing.ts'
import { chatRefusal } from './refusal.ts'
import { SseReader } from './sse.ts'

const chatPath = '/v1/chat/completions'
const probeTimeoutMs = 5000
const idleTimeoutMs = 120_000
const maxAnswerBytes = 4 * 1024 * 1024
const maxLineChars = 256 * 1024
const maxDetailChars = 300
/** From the last event of an answer to the end of its HTTP message. */
const endWithinMs = 100

const Chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).optional() })).optional(),
  error: z.object({ message: z.string().optional() }).optional(),
})

export type GatewayClientOptions = {
  readonly name: string
  readonly token: string
  readonly connect: Connect
  /** True while silence is explained: the assistant waits for the person. */
  readonly isWaiting: () => boolean
  readonly idleTimeoutMs?: number
}

export type ChatMessage = {
  readonly message: string
  /** Goes to the gateway as the session key: the caller has already made it unique to the client that asks. */
  readonly sessionId?: string
}

export type ChatListener = {
  /** Ending it ends the connection, which makes the gateway cancel the run. */
  readonly signal: AbortSignal
  readonly onDelta: (text: string) => void
}

/** A chat that is ready: it has a connection, or is getting one; another, when that one did not last until it runs. */
export type OpenChat = {
  /** To be called once. Rejects with AppError cancelled, timeout, unavailable, or what the gateway refused it with. */
  run(listener: ChatListener): Promise<{ text: string }>
  /** Gives it up, unless it runs. */
  drop(): void
}

/** Speaks to one assistant's gateway (OpenClaw's HTTP interface) through its hatch. */
export class GatewayClient {
  readonly #options: GatewayClientOptions
  readonly #connections: GatewayConnections

  constructor(options: GatewayClientOptions) {
    this.#options = options
    this.#connections = new GatewayConnections(options.connect)
  }

  /** Asks one of its pages that need no token; rejects when nothing answers. */
  async probe(
    page: '/healthz' | '/readyz' | '/startupz',
    signal?: AbortSignal,
  ): Promise<{ ok: boolean; status: number; detail: string }> {
    const response = await this.#outgoing('GET', page, {}, null, withinProbeTime(signal)).send()
    const text = (await readAll(response, maxDetailChars)).toString('utf8')
    const status = response.statusCode ?? 0
    return { ok: status === 200, status, detail: `HTTP ${status} ${text}`.trim() }
  }

  /** Sends a chat without a message, which no gateway runs: the HTTP status says whether a real one would be taken. */
  async tryChat(signal?: AbortSignal): Promise<number> {
    const body = JSON.stringify({ model: 'openclaw', messages: [] })
    const response = await this.#outgoing('POST', chatPath, this.#chatHeaders(), body, withinProbeTime(signal)).send()
    response.destroy()
    return response.statusCode ?? 0
  }

  /** One message, one streamed answer. Nothing leaves before it runs, so that it can be made ready while something else is waited for. */
  openChat({ message, sessionId }: ChatMessage): OpenChat {
    const stop = new AbortController()
    const body = JSON.stringify({ model: 'openclaw', stream: true, messages: [{ role: 'user', content: message }] })
    const headers = {
      ...this.#chatHeaders(),
      accept: 'text/event-stream',
      ...(sessionId === undefined ? {} : { 'x-openclaw-session-key': sessionKey(sessionId) }),
    }
    const open = (): Outgoing => this.#outgoing('POST', chatPath, headers, body, stop.signal)
    let outgoing = open()
    let isGivenUp = false
    return {
      run: (listener) => {
        if (outgoing.isStale && !isGivenUp) {
          outgoing.drop()
          outgoing = open()
        }
        return this.#run(outgoing, stop, listener)
      },
      drop: () => {
        isGivenUp = true
        outgoing.drop()
      },
    }
  }

  async #run(outgoing: Outgoing, stop: AbortController, listener: ChatListener): Promise<{ text: string }> {
    const { signal } = listener
    const idleMs = this.#options.idleTimeoutMs ?? idleTimeoutMs
    const onIdle = (): void => (this.#options.isWaiting() ? void timer.refresh() : stop.abort())
    const timer = setTimeout(onIdle, idleMs)
    const onCancel = (): void => stop.abort()
    signal.addEventListener('abort', onCancel)
    if (signal.aborted) onCancel()
    try {
      return await this.#read(await outgoing.send(), listener.onDelta, stop.signal, () => timer.refresh())
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', 'The chat was cancelled.')
      if (stop.signal.aborted) {
        throw new AppError('timeout', `${this.#options.name} said nothing for ${Math.round(idleMs / 1000)} seconds.`, {
          hint: 'Look at its log; restart it if it does not recover.',
        })
      }
      if (error instanceof AppError) throw error
      throw new AppError('unavailable', `${this.#options.name} broke off its answer.`, {
        hint: 'Look at its log, then try again.',
        cause: error,
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onCancel)
    }
  }

  async #read(
    response: IncomingMessage,
    onDelta: (text: string) => void,
    signal: AbortSignal,
    onActivity: () => void,
  ): Promise<{ text: string }> {
    if (response.statusCode !== 200) {
      response.destroy()
      throw chatRefusal(this.#options.name, response.statusCode ?? 0)
    }
    let text = ''
    let done = false
    const reader = new SseReader({ maxLineChars, maxEventChars: maxAnswerBytes }, (data) => {
      if (data === '[DONE]') return void (done = true)
      const chunk = parseChunk(data)
      if (chunk.error !== undefined)
        throw new AppError('unavailable', `${this.#options.name} could not answer.`, { hint: 'Its log says why.' })
      const delta = chunk.choices?.[0]?.delta?.content ?? ''
      if (delta === '') return
      text += delta
      onDelta(delta)
    })
    const decoder = new StringDecoder('utf8')
    let bytes = 0
    await readUntil(response, (part) => {
      onActivity()
      bytes += part.length
      if (bytes > maxAnswerBytes)
        throw new AppError('too_large', `${this.#options.name} answered with more than 4 MiB.`)
      reader.push(decoder.write(part))
      return done
    })
    signal.throwIfAborted()
    if (!done)
      throw new AppError('unavailable', `${this.#options.name} broke off its answer.`, {
        hint: 'Look at its log, then try again.',
      })
    return { text }
  }

  #chatHeaders(): Record<string, string> {
    return { authorization: `Bearer ${this.#options.token}`, 'content-type': 'application/json' }
  }

  #outgoing(method: string, path: string, headers: Record<string, string>, body: string | null, signal: AbortSignal) {
    return new Outgoing({ method, path, headers, body, agent: this.#connections, signal })
  }
}

function withinProbeTime(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(probeTimeoutMs)
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout])
}

/** A session id is free text; a header is not. */
function sessionKey(sessionId: string): string {
  return /^[\x21-\x7E]{1,256}$/.test(sessionId) ? sessionId : createHash('sha256').update(sessionId).digest('hex')
}

function parseChunk(data: string): z.infer<typeof Chunk> {
  try {
    return Chunk.parse(JSON.parse(data))
  } catch (cause) {
    throw new AppError('unavailable', 'The assistant answered with something that is not a chat answer.', {
      hint: 'Its log says more.',
      cause,
    })
  }
}

/**
 * Gives each piece to `take` until that says it is enough, or the answer ends. Listeners rather than an iterator: leaving an
 * iterator early destroys the connection, which makes an error with a stack for every chat that went well.
 */
function readUntil(response: IncomingMessage, take: (part: Buffer) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      response.off('data', onData)
      response.resume()
      // A well-behaved gateway has ended by then, and its connection serves again; no other is held open.
      setTimeout(() => (response.complete ? undefined : response.destroy()), endWithinMs).unref()
      settle()
    }
    const onData = (part: Buffer): void => {
      try {
        if (take(part)) end(resolve)
      } catch (error) {
        end(() => reject(error as Error))
      }
    }
    response.on('data', onData)
    response.once('error', (error) => end(() => reject(error)))
    response.once('close', resolve)
  })
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Array<Buffer> = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    bytes += part.length
    if (bytes > maxBytes) break
  }
  return Buffer.concat(parts).subarray(0, maxBytes)
}
