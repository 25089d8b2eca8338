import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { requestId } from './body.ts'
import type { Limits } from './limits.ts'
import { type OpenCall, OpenCalls } from './open-calls.ts'
import { sendRefusal, tooMany } from './respond.ts'
import type { SdkEndpoint } from './sdk-endpoint.ts'
import type { Sessions } from './sessions.ts'
import type { Client, EndedFamily } from './token-verifier.ts'

const maxTimeoutMs = 2 ** 31 - 1

/** One authenticated request; `message` null: a GET or DELETE of the session era. */
export type ClientExchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly client: Client
  readonly message: Record<string, unknown> | null
}

/** What clients have under way: bounded for each, and ended when a client goes, cancels, expires or is revoked. */
export class ClientExchanges {
  readonly #clock: Clock
  readonly #sdk: Pick<SdkEndpoint, 'serve'>
  readonly #sessions: Sessions
  readonly #calls: OpenCalls
  readonly #streams: OpenCalls
  /** What asks for no work: with the calls, it would find no room just when a client wants to cancel one. */
  readonly #notes: OpenCalls

  constructor(parts: {
    clock: Clock
    sdk: Pick<SdkEndpoint, 'serve'>
    sessions: Sessions
    limits: Pick<Limits, 'concurrent' | 'streams'>
  }) {
    this.#clock = parts.clock
    this.#sdk = parts.sdk
    this.#sessions = parts.sessions
    this.#calls = new OpenCalls(parts.limits.concurrent)
    this.#streams = new OpenCalls(parts.limits.streams)
    this.#notes = new OpenCalls(parts.limits.concurrent)
  }

  /** Resolves when the answer has ended. */
  async serve(exchange: ClientExchange): Promise<void> {
    const { request, response, client, message } = exchange
    const id = requestId(message)
    // In a session the SDK knows which request is meant.
    if (message?.['method'] === 'notifications/cancelled' && request.headers['mcp-session-id'] === undefined) {
      this.#calls.cancel(client.id, (message['params'] as { requestId?: unknown } | undefined)?.requestId)
    }
    const open = this.#placeOf(request, message)
    const call = open.open(client, id, response)
    if (call === null) return sendRefusal(response, tooMany('Too many calls of this client are open.', 1000), id)
    const onGone = (): void => {
      if (!response.writableFinished) call.lost()
    }
    response.once('close', onGone)
    const expiry = this.#whenExpired(client, () => call.end(new AppError('unauthorized', 'This key has expired.')))
    try {
      await this.#sdk.serve({ ...exchange, call })
    } finally {
      clearTimeout(expiry)
      response.off('close', onGone)
      open.close(call)
    }
  }

  /** A notification, an answer to a question of the server and the end of a session stand beside the calls. */
  #placeOf(request: IncomingMessage, message: ClientExchange['message']): OpenCalls {
    if (request.method === 'GET' || message?.['method'] === 'subscriptions/listen') return this.#streams
    const asks = requestId(message) !== null && typeof message?.['method'] === 'string'
    return asks ? this.#calls : this.#notes
  }

  /** Ends all of one client, or all there are, with their sessions. */
  end(clientId: string | null, reason: AppError): void {
    for (const open of [this.#calls, this.#streams, this.#notes]) open.end(clientId, reason)
    this.#sessions.endAll(clientId, reason)
  }

  /** Ends what came with tokens that ended. A session stays: it is no credential, and the client may have gone on in it with others. */
  endFamily({ clientId, familyId }: EndedFamily, reason: AppError): void {
    for (const call of this.#of(clientId)) if (call.familyId === familyId) call.end(reason)
  }

  /** What was opened with a key that was replaced may not outlive it; what was opened since came with the new one or ends by itself. */
  endLater(clientId: string, untilMs: number): void {
    const opened = this.#of(clientId)
    if (opened.length === 0) return
    const end = (): void => {
      for (const call of opened) call.end(new AppError('unauthorized', 'This key was replaced by a new one.'))
    }
    setTimeout(end, Math.min(untilMs - this.#clock.now(), maxTimeoutMs)).unref()
  }

  #of(clientId: string): ReadonlyArray<OpenCall> {
    return [this.#calls, this.#streams, this.#notes].flatMap((open) => open.of(clientId))
  }

  #whenExpired(client: Client, run: () => void): NodeJS.Timeout | undefined {
    if (client.expiresAtMs === null) return undefined
    return setTimeout(run, Math.min(client.expiresAtMs - this.#clock.now(), maxTimeoutMs)).unref()
  }
}
