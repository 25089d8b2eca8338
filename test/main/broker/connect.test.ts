import { describe, expect, it, test, vi } from 'vitest'
import { Broker } from '../../../src/main/broker/broker.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import type { NetworkException } from '../../../src/shared/models/policy.ts'
import { makeCertificate } from '../../support/tls.ts'
import { BrokerBench, headerSeen, request } from './broker-bench.ts'

const never = new AbortController().signal
const bench = BrokerBench.use()

describe('where it may connect', () => {
  test('this machine is closed without an exception for exactly this host and port', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    for (const exception of [
      [],
      [{ ...bench.network[0], port: server.port + 1 }],
      [{ ...bench.network[0], host: '127.0.0.1' }],
    ]) {
      bench.network = exception as NetworkException[]
      expect(() => bench.broker.prepare(request(url, { headers: [] }))).toThrow(
        expect.objectContaining({ code: 'refused' }),
      )
    }
    expect(server.seen).toHaveLength(0)
  })

  test('an exception that was taken back after the question stops the request', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    const prepared = bench.broker.prepare(request(url))
    bench.network = []
    await expect(bench.broker.send(prepared, never)).rejects.toMatchObject({ code: 'refused' })
    expect(server.seen).toHaveLength(0)
  })

  test('a host that was taken from the item after the question stops the request', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    const prepared = bench.broker.prepare(request(url))
    bench.store.vault.items.edit(bench.itemId, { hosts: ['api.github.com'] })
    await expect(bench.broker.send(prepared, never)).rejects.toMatchObject({ code: 'refused' })
    expect(server.seen).toHaveLength(0)
  })

  test('a name given to another item after the question still means the item that was shown', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    const prepared = bench.broker.prepare(request(url))
    bench.store.vault.items.edit(bench.itemId, { name: 'renamed' })
    const other = bench.addItem('github', [`localhost:${server.port}`], 'the-bank-password')
    try {
      await bench.broker.send(prepared, never)
      expect(JSON.stringify(server.seen)).not.toContain('the-bank-password')
    } finally {
      bench.store.vault.items.remove(other)
      bench.store.vault.items.edit(bench.itemId, { name: 'github' })
    }
  })

  it.each([
    ['a private address', ['10.0.0.7']],
    ['a public and a local address', ['93.184.216.34', '127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a mapped loopback address', ['::ffff:127.0.0.1']],
    ['no address', []],
  ])('a name that leads to %s is refused', async (_, addresses) => {
    let asked = 0
    const careful = new Broker({
      items: bench.store.vault.items,
      policy: () => defaultPolicy,
      resolve: async () => {
        asked++
        return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      },
    })
    const code = addresses.length === 0 ? 'unavailable' : 'refused'
    await expect(
      careful.send(careful.prepare(request('https://a.example/', { headers: [] })), never),
    ).rejects.toMatchObject({ code })
    expect(asked).toBe(1)
  })

  test('a name server that changes its mind is asked once: the connection goes to the checked address, under the name', async () => {
    const named = makeCertificate('rebind.example.com')
    const { server } = await bench.upstream((_, response) => response.end('ok'), named)
    bench.network = [{ id: 'x', host: 'rebind.example.com', port: server.port, ca: named.ca, note: '' }]
    bench.store.vault.items.edit(bench.itemId, { hosts: [`rebind.example.com:${server.port}`] })
    const answers = ['127.0.0.1', '192.0.2.1']
    const careful = new Broker({
      items: bench.store.vault.items,
      policy: () => ({ ...defaultPolicy, network: bench.network }),
      resolve: async () => [{ address: answers.shift() ?? '192.0.2.2', family: 4 }],
    })
    const answer = await careful.send(careful.prepare(request(`https://rebind.example.com:${server.port}/`)), never)
    expect(answer.body.toString()).toBe('ok')
    expect(answers).toHaveLength(1)
    expect(headerSeen(server, 'host')).toBe(`rebind.example.com:${server.port}`)
  })

  test('a proxy in the environment is not used', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end('direct'))
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:9')
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    try {
      expect((await bench.broker.send(bench.broker.prepare(request(url)), never)).body.toString()).toBe('direct')
    } finally {
      vi.unstubAllEnvs()
    }
    expect(server.seen).toHaveLength(1)
  })
})

describe('certificates', () => {
  it.each([
    ['an authority nobody trusts', () => ({})],
    ['another authority than the one given', () => ({ ca: makeCertificate().ca })],
  ])('%s: nothing is sent', async (_, more) => {
    const { server, url } = await bench.upstream((_request, response) => response.end())
    bench.network = [{ id: 'x', host: 'localhost', port: server.port, note: '', ...more() }]
    await expect(bench.broker.send(bench.broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('certificate'),
    })
    expect(server.seen).toHaveLength(0)
  })

  test('a certificate for another name: nothing is sent', async () => {
    const other = makeCertificate('other.example')
    const { server } = await bench.upstream((_, response) => response.end(), other)
    bench.allow(server.port, { ca: other.ca })
    await expect(
      bench.broker.send(bench.broker.prepare(request(`https://localhost:${server.port}/`)), never),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(server.seen).toHaveLength(0)
  })

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    bench.network = [{ id: 'x', host: 'localhost', port: server.port, note: '' }]
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await expect(bench.broker.send(bench.broker.prepare(request(url)), never)).rejects.toMatchObject({
        code: 'unavailable',
      })
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
  })

  test('an address is checked against the addresses of the certificate', async () => {
    const own = makeCertificate('127.0.0.1')
    const { server } = await bench.upstream((_, response) => response.end('ok'), own)
    bench.network = [{ id: 'x', host: '127.0.0.1', port: server.port, ca: own.ca, note: '' }]
    const answer = await bench.broker.send(bench.broker.prepare(request(`https://127.0.0.1:${server.port}/`)), never)
    expect(answer.body.toString()).toBe('ok')
  })

  test('plain http carries a secret only through an exception', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end('ok'), { plain: true })
    const prepared = bench.broker.prepare(request(url))
    expect(prepared.risks.map((risk) => risk.id)).toEqual(['local-network', 'plain-http'])
    expect((await bench.broker.send(prepared, never)).body.toString()).toBe('ok')
    expect(server.seen).toHaveLength(1)
  })
})
