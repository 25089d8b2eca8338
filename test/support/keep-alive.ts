import { type Socket, connect } from 'node:net'

/**
 * One connection that is used for one request after another: as cheap as a client can be, so that what is measured is the
 * server. It reads answers with a length, chunked ones (event streams) and ones without a body.
 */
export class KeepAlive {
  readonly #port: number
  readonly #head: string
  #socket: Socket | null = null
  #received = ''
  #wait: { resolve: (answer: { status: number; text: string }) => void; reject: (error: Error) => void } | null = null

  constructor(port: number, secret: string) {
    this.#port = port
    this.#head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n`
  }

  /** One at a time. `headers` are whole lines. Rejects when the connection ends before the answer does. */
  post(body: string | Buffer, headers: ReadonlyArray<string> = []): Promise<{ status: number; text: string }> {
    const socket = (this.#socket ??= this.#connect())
    const bytes = Buffer.from(body as string)
    const more = headers.map((line) => `${line}\r\n`).join('')
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject }
      socket.write(
        Buffer.concat([Buffer.from(`${this.#head}${more}Content-Length: ${bytes.length}\r\n\r\n`, 'latin1'), bytes]),
      )
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connect(): Socket {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    socket.on('data', (text) => this.#take(String(text)))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#socket = null
      this.#received = ''
      this.#wait?.reject(new Error('The connection ended before the answer'))
      this.#wait = null
    })
    return socket
  }

  #take(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#received.slice(0, end)
    const rest = this.#received.slice(end + 4)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (/\r\ntransfer-encoding: chunked/i.test(head)) {
      if (rest !== '0\r\n\r\n' && !rest.endsWith('\r\n0\r\n\r\n')) return
    } else if (rest.length < Number(length ?? 0)) return
    this.#received = ''
    const wait = this.#wait
    this.#wait = null
    wait?.resolve({ status: Number(head.slice(9, 12)), text: Buffer.from(rest, 'latin1').toString('utf8') })
  }
}
