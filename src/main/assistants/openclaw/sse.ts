import { AppError } from '../../../shared/app-error.ts'

export type SseLimits = {
  /** Of one line. */
  readonly maxLineChars: number
  /** Of what is kept of an unfinished event. */
  readonly maxEventChars: number
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2) from pieces of text and gives each event's data. Comments and other fields
 * are skipped. Each piece is looked through once, however long the line it belongs to. Beyond a limit `push` throws
 * `too_large`.
 */
export class SseReader {
  readonly #limits: SseLimits
  readonly #onData: (data: string) => void
  #line = ''
  /** The last piece ended in CR: a LF that comes next belongs to it. */
  #afterReturn = false
  #data: Array<string> = []
  #eventChars = 0

  constructor(limits: SseLimits, onData: (data: string) => void) {
    this.#limits = limits
    this.#onData = onData
  }

  push(text: string): void {
    if (text === '') return
    let at = this.#afterReturn && text.startsWith('\n') ? 1 : 0
    this.#afterReturn = text.endsWith('\r')
    const lineEnd = /\r\n|\n|\r/g
    lineEnd.lastIndex = at
    for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
      this.#extend(text.slice(at, end.index))
      at = lineEnd.lastIndex
      const line = this.#line
      this.#line = ''
      this.#take(line)
    }
    this.#extend(text.slice(at))
  }

  #extend(part: string): void {
    if (this.#line.length + part.length > this.#limits.maxLineChars)
      throw new AppError('too_large', 'A line of the streamed answer is too long.')
    this.#line += part
  }

  #take(line: string): void {
    if (line === '') {
      if (this.#data.length > 0) this.#onData(this.#data.join('\n'))
      this.#data = []
      this.#eventChars = 0
    } else if (line.startsWith('data:')) {
      const data = line.slice(line.startsWith('data: ') ? 6 : 5)
      // One more for the line itself: empty lines of data without end also fill memory.
      this.#eventChars += data.length + 1
      if (this.#eventChars > this.#limits.maxEventChars)
        throw new AppError('too_large', 'An event of the streamed answer is too long.')
      this.#data.push(data)
    }
  }
}
