import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { type Socket, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { controlAddress } from '../../../src/main/control/control-address.ts'
import { askRunningCore } from '../../../src/main/control/control-client.ts'
import { temporaryHome } from '../../support/vault.ts'

let home: string
let end: () => Promise<void>
beforeEach(() => {
  home = temporaryHome()
})
afterEach(async () => {
  await end()
  rmSync(home, { recursive: true, force: true })
})

/** A core that takes connections and does with each what is said here, and nothing else. */
async function core(onConnection: (socket: Socket) => void): Promise<void> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  server.listen(controlAddress(home))
  await once(server, 'listening')
  end = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

const ask = (withinMs: number) => askRunningCore(controlAddress(home), { route: 'status.get', input: null }, withinMs)

test('whoever asks a core that stands still has let go of it when the time is over: an open connection keeps a command from its end', async () => {
  const gone = Promise.withResolvers<'gone'>()
  await core((socket) => socket.resume().once('close', () => gone.resolve('gone')))
  expect(await ask(100)).toBeNull()
  const patience = new Promise((resolve) => setTimeout(resolve, 2_000, 'still open'))
  expect(await Promise.race([gone.promise, patience])).toBe('gone')
})

test('a core that breaks off within its answer has not answered', async () => {
  await core((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"ok":')
    setTimeout(() => socket.destroy(), 50)
  })
  expect(await ask(5_000)).toBeNull()
})

test('a core that stops within its answer has not answered', async () => {
  await core((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"ok":'))
  expect(await ask(200)).toBeNull()
})
