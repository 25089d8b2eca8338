import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Connections } from '../../../src/main/mcp/connections.ts'
import { send, sendRaw } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore | null = null
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await core?.close()
  core = null
})

function hold(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => undefined)
    sockets.push(socket)
  })
}

describe('a full house', () => {
  test('closes its oldest idle connection for a new one', async () => {
    core = await startMcpCore({ limits: { maxConnections: 5 } })
    const first = await hold(core.port)
    const gone = new Promise((resolve) => first.once('close', resolve))
    for (let at = 0; at < 4; at++) await hold(core.port)
    expect((await send(core.port, { method: 'GET', path: '/healthz' })).status).toBe(200)
    await gone
  })

  test('of connections that all work refuses the next one and says when to come back', async () => {
    core = await startMcpCore({ limits: { maxConnections: 3 } })
    core.assistant.wordMs = 60_000
    const { call } = callsTo(core)
    const { secret } = core.key()
    const stop = new AbortController()
    const open = Array.from({ length: 3 }, () =>
      call(secret, 'openclaw_chat', { message: 'x' }, { signal: stop.signal }).catch(() => 'ended'),
    )
    await expect.poll(() => core?.assistant.chats.length).toBe(3)
    const refused = await sendRaw(core.port, 'GET /healthz HTTP/1.1\r\n\r\n', 1000)
    expect(refused).toMatch(/^HTTP\/1\.1 503 /)
    expect(refused).toMatch(/retry-after: \d/)
    expect(refused).toContain('Close some and try again.')
    stop.abort()
    await Promise.all(open)
    await expect
      .poll(async () =>
        (
          await sendRaw(
            core?.port ?? 0,
            `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${core?.port}\r\nConnection: close\r\n\r\n`,
          )
        ).slice(9, 12),
      )
      .toBe('200')
  })

  test('bounds one address of the network before it bounds all', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const incoming: Socket[] = []
    server.on('connection', (socket) => {
      // What the system would say of a connection from outside.
      Object.defineProperty(socket, 'remoteAddress', { value: '192.0.2.1' })
      incoming.push(socket)
    })
    for (let at = 0; at < 3; at++) await hold((server.address() as AddressInfo).port)
    await expect.poll(() => incoming.length).toBe(3)
    const [one, two, three] = incoming as [Socket, Socket, Socket]
    const connections = new Connections({ maxConnections: 100, maxConnectionsPerSource: 2 }, () => false)
    expect([connections.admit(one), connections.admit(two)]).toEqual([true, true])
    connections.work(one, { known: true })
    expect(connections.admit(three)).toBe(true)
    expect([one.destroyed, two.destroyed, connections.count]).toEqual([false, true, 2])
    connections.work(three, { known: true })
    expect(connections.admit(two)).toBe(false)
    server.close()
  })
})

describe('who is refused over and over', () => {
  test('is answered a second late, and cut off when too many wait; a good client is not', async () => {
    core = await startMcpCore({ limits: { perSecond: 0.01, burst: 1, refusalBurst: 2, heldMs: 400, maxHeld: 2 } })
    const { post } = callsTo(core)
    const { secret } = core.key()
    expect((await post(secret, 'ping')).status).toBe(200)
    const startedMs = performance.now()
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, async () => {
        const { status } = await post(secret, 'ping')
        return { status, afterMs: performance.now() - startedMs }
      }),
    )
    const answered = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(answered.map(({ status }) => status)).toEqual(Array(answered.length).fill(429))
    expect(answered.filter(({ afterMs }) => afterMs >= 400).length).toBeGreaterThanOrEqual(2)
    expect(all.length - answered.length).toBeGreaterThanOrEqual(2)
    expect((await post(core.key().secret, 'ping')).status).toBe(200)
  })

  test('without a key is told to wait by its source, while a client with a key is served', async () => {
    core = await startMcpCore({ limits: { sourcePerSecond: 0.1, sourceBurst: 10 } })
    const { post } = callsTo(core)
    const statuses: number[] = []
    for (let at = 0; at < 14; at++) statuses.push((await send(core.port, { method: 'GET', path: '/nothing' })).status)
    expect(statuses).toEqual([...Array(10).fill(404), ...Array(4).fill(429)])
    expect((await post(core.key().secret, 'ping')).status).toBe(200)
  })
})
