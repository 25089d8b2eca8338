import { readFileSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DoorSettings, type NetworkDoor } from '../../../src/shared/models/door.ts'
import { send, sendRaw } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { makeCertificate } from '../../support/tls.ts'
import { freePort } from '../../support/free-port.ts'

// 127.0.0.2 stands for an address on the network: it is not one of the two that loopback serves.
const address = '127.0.0.2'
const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'

let core: McpCore
let port: number
beforeEach(async () => {
  core = await startMcpCore({ limits: { headersTimeoutMs: 1000 } })
  port = await freePort()
})
afterEach(() => core.close())

function wish(network: Partial<NetworkDoor> = {}, more: Partial<DoorSettings> = {}): DoorSettings {
  return DoorSettings.parse({ ...more, network: { address, port, certificate: { kind: 'local' }, ...network } })
}

function post(
  options: { ca?: string; host?: string; name?: string; to?: number; key?: string } = {},
): Promise<{ status: number; text: string; protocol: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({
      host: address,
      port: options.to ?? port,
      path: '/mcp',
      method: 'POST',
      agent: false,
      ca: options.ca ?? readFileSync(core.server.network()?.authorityFile ?? ''),
      servername: options.name ?? 'localhost',
      headers: {
        host: options.host ?? `${address}:${port}`,
        authorization: `Bearer ${options.key ?? core.key().secret}`,
        'content-type': 'application/json',
      },
    })
    let protocol = ''
    sent.on('socket', (socket) =>
      socket.once('secureConnect', () => (protocol = (socket as TLSSocket).getProtocol() ?? '')),
    )
    sent.on('response', (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, protocol }))
    })
    sent.on('error', reject)
    sent.end(ping)
  })
}

const loopbackWorks = async (): Promise<boolean> =>
  (await send(core.port, { method: 'GET', path: '/healthz' })).status === 200

describe('a second address', () => {
  test('serves a client that trusts the authority, over TLS 1.3, while loopback goes on', async () => {
    await core.server.admit(wish())
    expect(await post()).toMatchObject({ status: 200, protocol: 'TLSv1.3' })
    expect(await loopbackWorks()).toBe(true)
    expect(core.server.network()).toMatchObject({ url: `https://${address}:${port}/mcp`, problem: null })
  })

  test('does not speak TLS 1.2, and says to plain HTTP what it wants', async () => {
    await core.server.admit(wish())
    const old = tlsConnect({ host: address, port, maxVersion: 'TLSv1.2', rejectUnauthorized: false })
    await expect(
      new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject)),
    ).rejects.toThrow('protocol version')
    const plain = await sendRaw(port, `POST /mcp HTTP/1.1\r\nHost: ${address}:${port}\r\n\r\n`, 500, address)
    expect(plain).toMatch(/^HTTP\/1\.1 400 /)
    expect(plain).toContain('https://')
  })

  test('closes a connection that says nothing and one that stops in the middle of a handshake', async () => {
    await core.server.admit(wish())
    const startedMs = performance.now()
    expect(
      await Promise.all([sendRaw(port, '', 6000, address), sendRaw(port, '\u0016\u0003\u0001', 6000, address)]),
    ).toEqual(['', ''])
    expect(performance.now() - startedMs).toBeLessThan(4000)
  })

  test('shows the fingerprint that a client sees', async () => {
    await core.server.admit(wish())
    const socket = tlsConnect({ host: address, port, rejectUnauthorized: false })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect(core.server.network()?.fingerprint).toBe(socket.getPeerX509Certificate()?.fingerprint256)
    socket.destroy()
  })

  test('knows its own names only: an allowed host is served, a foreign one is not, loopback names stay', async () => {
    await core.server.admit(wish({}, { hosts: ['nas.example.ts.net'] }))
    expect((await post({ host: `nas.example.ts.net:${port}`, name: 'nas.example.ts.net' })).status).toBe(200)
    expect((await post({ host: 'nas.example.ts.net', name: 'nas.example.ts.net' })).status).toBe(200)
    expect((await post({ host: `evil.example:${port}` })).status).toBe(403)
    expect((await post({ host: `nas.example.ts.net:${port + 1}` })).status).toBe(403)
  })

  test('needs a key like every other', async () => {
    await core.server.admit(wish())
    expect((await post({ key: 'oc_sk_no' })).status).toBe(401)
  })
})

describe('a change', () => {
  test('moves the address, shows another certificate and closes again, without loopback noticing', async () => {
    await core.server.admit(wish())
    const first = core.server.network()?.fingerprint
    const { cert, key, ca } = makeCertificate('localhost')
    writeFileSync(join(core.home, 'c.pem'), cert)
    writeFileSync(join(core.home, 'k.pem'), key)
    const files = {
      kind: 'files',
      certificateFile: join(core.home, 'c.pem'),
      keyFile: join(core.home, 'k.pem'),
    } as const
    await core.server.admit(wish({ certificate: files }))
    expect(core.server.network()?.fingerprint).not.toBe(first)
    expect((await post({ ca })).status).toBe(200)
    const before = port
    port = await freePort()
    await core.server.admit(wish({ certificate: files }))
    expect((await post({ ca })).status).toBe(200)
    await expect(post({ ca, to: before })).rejects.toThrow('ECONNREFUSED')
    await core.server.admit(wish({ address: '127.0.0.3' }))
    await expect(post()).rejects.toThrow('ECONNREFUSED')
    await core.server.admit(DoorSettings.parse({}))
    expect(core.server.network()).toBeNull()
    expect(await loopbackWorks()).toBe(true)
  })

  test('that cannot be leaves the old door open and says why', async () => {
    await core.server.admit(wish())
    const taken = createServer().listen(0, address)
    await new Promise((resolve) => taken.once('listening', resolve))
    const takenPort = (taken.address() as AddressInfo).port
    const bad: ReadonlyArray<[DoorSettings, string]> = [
      [wish({ port: takenPort }), 'is taken'],
      [wish({ address: '192.0.2.7' }), 'does not have the address'],
      [wish({ address: '192.0.2.7', port: port + 1 }), 'does not have the address'],
      [
        wish({ certificate: { kind: 'files', certificateFile: '/nowhere', keyFile: '/nowhere' } }),
        'no certificate file',
      ],
    ]
    for (const [door, message] of bad) {
      await expect(core.server.admit(door)).rejects.toThrow(message)
      expect((await post()).status).toBe(200)
    }
    taken.close()
  })

  test('of pages and proxies holds from the next request on', async () => {
    const call = (headers: Record<string, string>) =>
      send(core.port, {
        body: ping,
        headers: { authorization: `Bearer ${core.key().secret}`, 'content-type': 'application/json', ...headers },
      })
    const page = { origin: 'https://claude.ai' }
    const proxied = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http' }
    expect([(await call(page)).status, (await call(proxied)).status]).toEqual([403, 200])
    await core.server.admit(DoorSettings.parse({ origins: ['https://claude.ai'], trustedProxies: ['127.0.0.1'] }))
    expect([(await call(page)).status, (await call(proxied)).status]).toEqual([200, 403])
    await core.server.admit(DoorSettings.parse({}))
    expect([(await call(page)).status, (await call(proxied)).status]).toEqual([403, 200])
  })

  test('of the port opens the new one before the old one closes; a taken one changes nothing', async () => {
    const next = await freePort()
    const { port: moved } = await core.server.listen(next, { exact: true })
    expect(moved).toBe(next)
    expect((await send(next, { method: 'GET', path: '/healthz' })).status).toBe(200)
    await expect(send(core.port, { method: 'GET', path: '/healthz' })).rejects.toThrow('ECONNREFUSED')
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    await expect(core.server.listen((taken.address() as AddressInfo).port, { exact: true })).rejects.toThrow('taken')
    expect((await send(next, { method: 'GET', path: '/healthz' })).status).toBe(200)
    taken.close()
  })
})

test('wrong keys that come through a trusted proxy are counted for who sent them', async () => {
  await core.server.admit(DoorSettings.parse({ trustedProxies: ['127.0.0.1'] }))
  const guess = (client: string) =>
    send(core.port, {
      body: ping,
      headers: { authorization: 'Bearer oc_sk_guess', 'content-type': 'application/json', 'x-forwarded-for': client },
    })
  const statuses: number[] = []
  for (let at = 0; at < 6; at++) statuses.push((await guess('192.0.2.1')).status)
  expect([...statuses, (await guess('192.0.2.2')).status]).toEqual([401, 401, 401, 401, 401, 429, 401])
})
