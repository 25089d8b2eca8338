import { afterEach, describe, expect, test } from 'vitest'
import { bridgeTo, closeBridges, json } from '../../support/bridge.ts'

afterEach(closeBridges)

describe('the stdio bridge, when the core is away, late, locked or elsewhere,', () => {
  test('holds a tool call while the vault is locked and tells of it, then sends it; a call that does not want to hear is sent at once', async () => {
    const sent: unknown[] = []
    const { write, received } = await bridgeTo(
      (message, response) => {
        sent.push(message.id)
        json(response, { jsonrpc: '2.0', id: message.id, result: { isError: true } })
      },
      { locked: () => true, waits: { pollMs: 10, tellEveryMs: 20, unlockMs: 300 } },
    )
    write({ jsonrpc: '2.0', id: 'list', method: 'tools/list' })
    write({ jsonrpc: '2.0', id: 'silent', method: 'tools/call', params: { name: 'x' } })
    write({ jsonrpc: '2.0', id: 'told', method: 'tools/call', params: { name: 'x', _meta: { progressToken: 7 } } })
    await expect.poll(() => sent).toEqual(['list', 'silent', 'told'])
    await expect.poll(() => received.filter(({ id }) => id !== undefined).length).toBe(3)
    const told = received.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params)
    expect(told.length).toBeGreaterThan(2)
    expect(new Set(told.map((params) => params?.['progressToken']))).toEqual(new Set([7]))
  })

  test('asks a harmless thing again when the connection broke, and a tool call never', async () => {
    const seen: unknown[] = []
    const { write, received } = await bridgeTo((message, response) => {
      seen.push(message.method)
      if (seen.filter((method) => method === message.method).length === 1) return response.destroy()
      return json(response, { jsonrpc: '2.0', id: message.id, result: {} })
    })
    write({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x' } })
    await expect.poll(() => received.length).toBe(2)
    expect(received.find(({ id }) => id === 1)).toMatchObject({ result: {} })
    expect(received.find(({ id }) => id === 2)?.error?.message).toContain('is not known')
    expect(seen.filter((method) => method === 'tools/call')).toEqual(['tools/call'])
  })

  test('gives up in words when nobody is there, without having sent the key anywhere', async () => {
    const { write, received, server } = await bridgeTo(() => undefined, { waits: { restartMs: 50, pollMs: 10 } })
    server.close()
    write({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } })
    await expect.poll(() => received.length).toBe(1)
    expect(received[0]).toMatchObject({
      id: 1,
      error: { message: 'Clawkeep cannot be reached. Start it and try again.' },
    })
  })

  test.each(['initialize', 'server/discover', 'tools/list'])(
    'lets a first %s wait for a core that comes late, longer than for one that restarts',
    async (method) => {
      let there = false
      const waits = { firstMs: 5_000, restartMs: 20, pollMs: 10 }
      const { write, received } = await bridgeTo(
        (message, response) => json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
        { found: () => there, waits },
      )
      write({ jsonrpc: '2.0', id: 1, method })
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(received).toEqual([])
      there = true
      await expect.poll(() => received).toMatchObject([{ id: 1, result: {} }])
      there = false
      write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x' } })
      await expect.poll(() => received[1]?.error?.message).toContain('cannot be reached')
    },
  )

  test('says so when no core came at all, lives on, and serves when one comes after all', async () => {
    let there = false
    const { write, received } = await bridgeTo(
      (message, response) => json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
      { found: () => there, waits: { firstMs: 50, restartMs: 20, pollMs: 10 } },
    )
    write({ jsonrpc: '2.0', id: 1, method: 'initialize' })
    await expect.poll(() => received[0]?.error?.message).toContain('cannot be reached')
    there = true
    write({ jsonrpc: '2.0', id: 2, method: 'initialize' })
    await expect.poll(() => received[1]).toMatchObject({ id: 2, result: {} })
  })

  test('ends with its client, also when a message without an id still waits for a core', async () => {
    const waits = { firstMs: 60_000, pollMs: 10 }
    const { write, stdin, done } = await bridgeTo(() => undefined, { found: () => false, waits })
    write({ jsonrpc: '2.0', method: 'notifications/initialized' })
    write({ jsonrpc: '2.0', id: 1, method: 'initialize' })
    stdin.end()
    const startedMs = performance.now()
    await done
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  test.each(['tools/list', 'ping', 'notifications/initialized', 'tools/call'])(
    'sends the key of a %s to nobody who has the port of a core that went away',
    async (method) => {
      let there = true
      const taken: string[] = []
      const { write, received } = await bridgeTo(
        (message, response, request) => {
          if (!there) taken.push(`${message.method} ${request.headers.authorization}`)
          json(response, { jsonrpc: '2.0', id: message.id, result: { protocolVersion: '2025-11-25' } })
        },
        { found: () => there, waits: { restartMs: 30, pollMs: 10 } },
      )
      write({ jsonrpc: '2.0', id: 1, method: 'initialize' })
      await expect.poll(() => received.length).toBe(1)
      // From now on the same port is somebody else's.
      there = false
      const id = method.startsWith('notifications/') ? {} : { id: 2 }
      write({ jsonrpc: '2.0', ...id, method })
      if ('id' in id) await expect.poll(() => received[1]?.error?.message).toContain('cannot be reached')
      else await new Promise((resolve) => setTimeout(resolve, 150))
      expect(taken).toEqual([])
    },
  )

  test('asks where the core is once for many messages that come together', async () => {
    let asked = 0
    const { write, received } = await bridgeTo(
      (message, response) => json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
      { found: () => (asked += 1) > 0 },
    )
    for (let id = 1; id <= 20; id += 1) write({ jsonrpc: '2.0', id, method: 'ping' })
    await expect.poll(() => received.length).toBe(20)
    expect(asked).toBeLessThan(5)
  })
})
