import { describe, expect, it, test } from 'vitest'
import { Broker } from '../../../src/main/broker/broker.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { BrokerBench, request } from './broker-bench.ts'

const never = new AbortController().signal
const bench = BrokerBench.use()

describe('when it goes wrong', () => {
  test('nobody listens', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    await server.close()
    await expect(bench.broker.send(bench.broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('refused'),
    })
  })

  test('a name server that never answers', async () => {
    const broker = new Broker({
      items: bench.store.vault.items,
      policy: () => defaultPolicy,
      resolve: () => new Promise(() => undefined),
      limits: { connectMs: 50 },
    })
    const prepared = broker.prepare(request('https://a.example/', { headers: [] }))
    await expect(broker.send(prepared, never)).rejects.toMatchObject({ code: 'timeout' })
  })

  test('a TLS handshake that never ends', async () => {
    const url = (await bench.raw(() => undefined)).replace('http:', 'https:')
    await expect(
      bench.brokerWith({ connectMs: 1500 }).send(bench.broker.prepare(request(url)), never),
    ).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  test('a server that goes silent', async () => {
    const url = await bench.raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
    await expect(
      bench.brokerWith({ idleMs: 100 }).send(bench.broker.prepare(request(url)), never),
    ).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  test('a server that drips for ever', async () => {
    const url = await bench.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(
      bench.brokerWith({ totalMs: 200 }).send(bench.broker.prepare(request(url)), never),
    ).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n'],
    ['a cut body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['nothing', ''],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(10_000)}`],
  ])('a server that answers %s', async (_, answer) => {
    const url = await bench.raw((socket) => socket.end(answer))
    const failing = bench.broker.send(bench.broker.prepare(request(url)), never)
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' })
    await failing.catch((error: Error) => expect(error.message + String(error.cause)).not.toContain('tok_'))
  })

  test('the caller goes away: the connection ends at once', async () => {
    let closed = false
    const leaving = new AbortController()
    const { url } = await bench.upstream((_, response) => {
      response.on('close', () => (closed = true))
      leaving.abort()
    })
    await expect(bench.broker.send(bench.broker.prepare(request(url)), leaving.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await expect.poll(() => closed).toBe(true)
    await expect(bench.broker.send(bench.broker.prepare(request(url)), leaving.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  test('a secret with a line break in it cannot become a header of its own', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    const broken = bench.addItem('broken', [`localhost:${server.port}`], 'tok\r\nX-Evil: 1')
    const prepared = bench.broker.prepare(request(url, { headers: [{ name: 'X', value: '{{secret:broken}}' }] }))
    await expect(bench.broker.send(prepared, never)).rejects.toMatchObject({
      code: 'refused',
      message: expect.not.stringContaining('tok'),
    })
    expect(server.seen).toHaveLength(0)
    bench.store.vault.items.remove(broken)
  })

  test('a lock ends what is under way', async () => {
    const { url } = await bench.upstream(() => bench.store.vault.lock())
    await expect(bench.broker.send(bench.broker.prepare(request(url)), never)).rejects.toMatchObject({ code: 'locked' })
    expect(() => bench.broker.prepare(request(url))).toThrow(expect.objectContaining({ code: 'locked' }))
    await bench.store.vault.unlock(bench.store.password)
  })
})
