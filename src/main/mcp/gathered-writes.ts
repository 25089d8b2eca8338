import type { ServerResponse } from 'node:http'

const mostGathered = 64 * 1024

/** Sends what comes at once in one piece: each write is a system call and wakes the client. */
export class GatheredWrites {
  readonly #response: ServerResponse
  #text = ''
  #head: NodeJS.Timeout | null = null
  #turn: NodeJS.Immediate | null = null

  /** `headWaitMs`: so long the head may wait for what follows it at once; without it, the head goes out in this turn. */
  constructor(response: ServerResponse, headWaitMs?: number) {
    this.#response = response
    if (headWaitMs === undefined) this.#soon()
    else this.#head = setTimeout(() => this.#flush(), headWaitMs)
  }

  /** False when the client reads too slowly: wait for `drain`. */
  write(text: string): boolean {
    this.#text += text
    if (this.#text.length > mostGathered) return this.#flush()
    if (this.#head === null) this.#soon()
    return !this.#response.writableNeedDrain
  }

  end(): void {
    const text = this.#take()
    if (this.#response.headersSent) return void this.#response.end(text)
    // All of it is here: with its length it is one write with the head, instead of one of five parts.
    this.#response.setHeader('content-length', Buffer.byteLength(text))
    this.#response.end(text)
  }

  #soon(): void {
    this.#turn ??= setImmediate(() => this.#flush())
  }

  #flush(): boolean {
    const text = this.#take()
    if (this.#response.destroyed) return true
    if (text !== '') return this.#response.write(text)
    this.#response.flushHeaders()
    return true
  }

  #take(): string {
    if (this.#head !== null) clearTimeout(this.#head)
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#head = null
    this.#turn = null
    const text = this.#text
    this.#text = ''
    return text
  }
}
