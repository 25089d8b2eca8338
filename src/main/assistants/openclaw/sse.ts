/**
 * Reads server-sent events (WHATWG HTML, 9.2) from pieces of text and gives each event's data. Comments and other fields
 * are skipped. `maxChars` bounds what is kept of an unfinished line or event; beyond it `push` throws RangeError.
 */
export class SseReader {
  readonly #maxChars: number
  readonly #onData: (data: string) => void
  #line = ''
  #data: Array<string> = []
  #dataChars = 0

  constructor(maxChars: number, onData: (data: string) => void) {
    this.#maxChars = maxChars
    this.#onData = onData
  }

  push(text: string): void {
    const lines = (this.#line + text).split(/\r\n|\n|\r(?!$)/)
    this.#line = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
    if (this.#line.length + this.#dataChars > this.#maxChars) throw new RangeError('A server-sent event is too long')
  }

  #take(line: string): void {
    if (line === '') {
      if (this.#data.length > 0) this.#onData(this.#data.join('\n'))
      this.#data = []
      this.#dataChars = 0
    } else if (line.startsWith('data:')) {
      const data = line.slice(line.startsWith('data: ') ? 6 : 5)
      this.#data.push(data)
      this.#dataChars += data.length
    }
  }
}
