import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { McpServer } from '../../../src/main/mcp/mcp-server.ts'
import { send } from '../../support/http.ts'

const opened: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

function notHere(): never {
  throw new Error('not here')
}

/** The door alone: nothing behind it is reached here. */
function door(): McpServer {
  const server = new McpServer({
    verifiers: [],
    offer: { tools: [] },
    tasks: { create: notHere, get: notHere, cancel: notHere, ttlMs: notHere },
    gate: { pass: notHere },
    audit: { event: () => Promise.resolve() },
    clock: systemClock,
    isLocked: () => true,
    onLock: () => () => undefined,
    version: '0.0.0-test',
    certificateFolder: '/nowhere',
  })
  opened.push(() => server.close())
  return server
}

async function occupy(host: string, port = 0): Promise<number> {
  const server: Server = createServer((_request, response) => response.end('a stranger'))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  opened.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

describe('listen', () => {
  test('answers on both loopback addresses, each by its own name', async () => {
    const { port, url } = await door().listen(0, { exact: true })
    expect(url).toBe(`http://127.0.0.1:${port}/mcp`)
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const answer = await fetch(`http://${host}:${port}/healthz`)
      expect([host, await answer.json()]).toEqual([host, { ok: true }])
    }
  })

  test('answers on no other address of the machine', async () => {
    const { port } = await door().listen(0, { exact: true })
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((entry) => entry !== undefined && !entry.internal && entry.family === 'IPv4')
    for (const entry of others) {
      await expect(
        fetch(`http://${entry?.address}:${port}/healthz`, { signal: AbortSignal.timeout(5000) }),
      ).rejects.toThrow('fetch failed')
    }
  })

  test('takes the next free port when the wanted one is taken', async () => {
    const taken = await occupy('127.0.0.1')
    const { port } = await door().listen(taken, { exact: false })
    expect(port).toBeGreaterThan(taken)
  })

  test('says who is in the way when the port must be exactly that', async () => {
    const taken = await occupy('127.0.0.1')
    await expect(door().listen(taken, { exact: true })).rejects.toMatchObject({
      code: 'in_use',
      message: expect.stringContaining(String(taken)),
    })
  })

  test('does not share a port number with a stranger on ::1, who would be sent the keys of clients that say localhost', async () => {
    const taken = await occupy('::1')
    const { port } = await door().listen(taken, { exact: false })
    expect(port).not.toBe(taken)
    await expect(door().listen(taken, { exact: true })).rejects.toMatchObject({ code: 'in_use' })
  })

  test('gives its port back when it closes, and closes twice', async () => {
    const server = door()
    const { port } = await server.listen(0, { exact: true })
    await server.close()
    await server.close()
    expect(await occupy('127.0.0.1', port)).toBe(port)
  })

  test('names its own port in the Host check, so another one’s name is foreign', async () => {
    const { port } = await door().listen(0, { exact: true })
    expect(
      (await send(port, { method: 'GET', path: '/healthz', headers: { host: `127.0.0.1:${port + 1}` } })).status,
    ).toBe(403)
  })
})
