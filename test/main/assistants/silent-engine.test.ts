import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ContainerEngine } from '../../../src/main/assistants/engine.ts'
import { ensureNodeImage } from '../../../src/main/assistants/node-image.ts'
import { codeOfPromise } from '../../support/error-code.ts'

let dir: string
let server: Server
let sockets: Array<Socket>
let onBytes: (socket: Socket) => void
let engine: ContainerEngine

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'clawkeep-test-'))
  sockets = []
  onBytes = () => undefined
  // Takes what it is sent, and answers only what the test says.
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined).on('data', () => onBytes(socket))
  })
  const path = join(dir, 'docker.sock')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  engine = new ContainerEngine({ env: { DOCKER_HOST: `unix://${path}` } })
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

const image = { repo: 'a', tag: 'b', changes: [] }
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'

test.each([
  ['before the engine answers', (): void => undefined],
  ['while it answers', (socket: Socket): void => void socket.write(answer)],
])(
  'stopping ends an import %s, and what feeds it',
  async (_, respond) => {
    onBytes = (socket) => {
      onBytes = () => undefined
      respond(socket)
      setTimeout(() => stop.abort(), 50)
    }
    const stop = new AbortController()
    const tar = new PassThrough()
    tar.write(Buffer.alloc(1000))
    expect(await codeOfPromise(engine.importImage(tar, image, stop.signal))).toBe('cancelled')
    expect(tar.destroyed).toBe(true)
    await expect.poll(() => sockets.every((socket) => socket.closed)).toBe(true)
  },
  3000,
)

test('an import that the engine refuses ends what feeds it', async () => {
  onBytes = (socket) => socket.end('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')
  const tar = new PassThrough()
  tar.write(Buffer.alloc(1000))
  expect(await codeOfPromise(engine.importImage(tar, image, new AbortController().signal))).toBe('unavailable')
  expect(tar.destroyed).toBe(true)
})

test('stopping while the image of a Node program is handed over ends the start, not the app', async () => {
  const stop = new AbortController()
  onBytes = (socket) => {
    socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}')
    onBytes = (next) => {
      // What it does not read has to wait in the tar.
      next.pause()
      setTimeout(() => stop.abort(), 50)
    }
  }
  const program = { repo: 'a/b', nodeBinary: '/bin/sh', script: import.meta.filename }
  expect(await codeOfPromise(ensureNodeImage(engine, program, () => undefined, stop.signal))).toBe('cancelled')
})
