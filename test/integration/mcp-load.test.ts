import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type LoadServer,
  careful,
  flood,
  growth,
  mixedLoad,
  quantile,
  stall,
  startLoadServer,
} from '../support/load.ts'

// The short form of `npm run bench load`: the same load for seconds, with room for a machine that does other things too.

const mixedMs = 25_000
// V8 lets the heap grow for about 15 s of this load before it collects all of it for the first time.
const warmUp = 0.6
const rounds = 3

describe('with its rate limits raised', () => {
  let server: LoadServer
  beforeAll(async () => {
    server = await startLoadServer('raised')
  })
  afterAll(() => server.stop())

  test('64 clients get every answer, and memory stays', async () => {
    const load = await mixedLoad(server, mixedMs, 100)
    expect(load.errors).toEqual([])
    expect(load.calls).toBeGreaterThan(2000)
    expect(growth(load, warmUp)).toBeLessThan(1.2)
  })

  test('1,000 connections that stall do not slow down a good client', async () => {
    const ratios: number[] = []
    const secret = server.secrets[0] ?? ''
    for (let round = 0; round < rounds; round++) {
      const alone = quantile(await careful(server, secret, 300, 2), 0.99)
      const end = await stall(server, 1000)
      const beside = quantile(await careful(server, secret, 300, 2), 0.99)
      end()
      ratios.push(beside / alone)
    }
    expect(Math.min(...ratios)).toBeLessThan(2)
  })

  test('2,500 connections, more than there is room for, do not keep a good client out', async () => {
    const end = await stall(server, 2500)
    const timesMs = await careful(server, server.secrets[0] ?? '', 50, 2)
    end()
    expect(timesMs).toHaveLength(50)
  })
})

test('with its limits as they are, one client’s flood is not felt by another', async () => {
  const server = await startLoadServer('default')
  const [hostile = '', good = ''] = server.secrets
  await careful(server, good, 20, 120)
  const ratios: number[] = []
  let answers = 0
  for (let round = 0; round < rounds; round++) {
    const alone = quantile(await careful(server, good, 25, 120), 0.5)
    const end = flood(server, hostile, 64)
    const beside = quantile(await careful(server, good, 25, 120), 0.5)
    answers += await end()
    ratios.push(beside / alone)
  }
  await server.stop()
  expect(answers).toBeGreaterThan(100)
  expect(Math.min(...ratios)).toBeLessThan(1.3)
})
