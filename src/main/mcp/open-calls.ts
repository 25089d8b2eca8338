import type { ServerResponse } from 'node:http'
import { AppError } from '../../shared/app-error.ts'
import type { Client } from './token-verifier.ts'

type RequestId = string | number
type Caller = Pick<Client, 'id' | 'familyId'>

/** Time for a tool to say why it stopped before the connection is cut. */
const graceMs = 1000

/** One HTTP exchange that is under way. */
export class OpenCall {
  readonly clientId: string
  readonly familyId: string | undefined
  readonly requestId: RequestId | null
  readonly #response: ServerResponse
  readonly #work = new AbortController()
  readonly #exchange = new AbortController()
  #whenLost: () => void = () => this.cancel(new AppError('cancelled', 'The client closed the connection.'))
  #running: Promise<unknown> = Promise.resolve()

  constructor({ id, familyId }: Caller, requestId: RequestId | null, response: ServerResponse) {
    this.clientId = id
    this.familyId = familyId
    this.requestId = requestId
    this.#response = response
  }

  /** Stops the tool; the reason is an AppError. */
  get workSignal(): AbortSignal {
    return this.#work.signal
  }

  /** Ends the exchange without an answer. */
  get exchangeSignal(): AbortSignal {
    return this.#exchange.signal
  }

  /** The client does not want the answer any more, or is gone. */
  cancel(reason: AppError): void {
    this.#work.abort(reason)
    this.#exchange.abort(reason)
  }

  /** Stops the tool and leaves the exchange as it is. */
  stopWork(reason: AppError): void {
    this.#work.abort(reason)
  }

  /** The connection broke before the answer was out: the end, unless the client may come back for it (`onLost`). */
  lost(): void {
    this.#whenLost()
  }

  onLost(run: () => void): void {
    this.#whenLost = run
  }

  /** What the tool does; it may go on after the connection. */
  working(work: Promise<unknown>): void {
    this.#running = work
  }

  /** Resolves when the tool is done; never rejects. */
  async workDone(): Promise<void> {
    await this.#running.catch(() => undefined)
  }

  /** The client may not go on: the tool stops and may still say why, then the connection ends. */
  end(reason: AppError): void {
    this.#work.abort(reason)
    setTimeout(() => {
      if (!this.#response.writableEnded) this.#response.destroy()
    }, graceMs).unref()
  }
}

/** What runs for whom: bounds it, and reaches it when a key is revoked or a call is cancelled. */
export class OpenCalls {
  readonly #perClient: number
  readonly #byClient = new Map<string, Set<OpenCall>>()

  constructor(perClient: number) {
    this.#perClient = perClient
  }

  /** Null when the client has too many open already. */
  open(caller: Caller, requestId: RequestId | null, response: ServerResponse): OpenCall | null {
    const calls = this.#byClient.get(caller.id) ?? new Set<OpenCall>()
    if (calls.size >= this.#perClient) return null
    this.#byClient.set(caller.id, calls)
    const call = new OpenCall(caller, requestId, response)
    calls.add(call)
    return call
  }

  close(call: OpenCall): void {
    const calls = this.#byClient.get(call.clientId)
    if (calls === undefined) return
    calls.delete(call)
    if (calls.size === 0) this.#byClient.delete(call.clientId)
  }

  /**
   * The session era cancels by a second request that names the first. Two programs that share a key may both have a
   * request of that number: then nothing is cancelled rather than the wrong one.
   */
  cancel(clientId: string, requestId: unknown): void {
    const named = [...(this.#byClient.get(clientId) ?? [])].filter((call) => call.requestId === requestId)
    const [call] = named
    if (named.length === 1 && call !== undefined)
      call.cancel(new AppError('cancelled', 'The client cancelled this call.'))
  }

  /** What is open for a client now. */
  of(clientId: string): ReadonlyArray<OpenCall> {
    return [...(this.#byClient.get(clientId) ?? [])]
  }

  /** Ends all of one client, or all there are. */
  end(clientId: string | null, reason: AppError): void {
    for (const [id, calls] of this.#byClient)
      if (clientId === null || id === clientId) for (const call of calls) call.end(reason)
  }
}
