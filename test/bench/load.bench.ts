import { parseArgs } from 'node:util'
import { careful, flood, growth, mixedLoad, quantile, stall, startLoadServer } from '../support/load.ts'

// The door under load: 64 clients for ten minutes (`--minutes N` for less), 1,000 connections that stall, and one client's
// flood. The baseline of each is the same server without the load, in the same run, in rounds that take turns.

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
const rounds = 5
const targets = { growth: 1.1, stalled: 2, flood: 1.3 }
let missed = false

const raised = await startLoadServer('raised')
const load = await mixedLoad(raised, minutes * 60_000, 100)
const grown = growth(load)
missed ||= load.errors.length > 0 || !(grown <= targets.growth)
print({
  figure: 'errors_of_64_clients',
  value: load.errors.length,
  calls: load.calls,
  minutes,
  target: '0',
  ...(load.errors[0] === undefined ? {} : { first: load.errors[0] }),
})
const rss = load.rssMiB.map((mib) => Math.round(mib))
print({
  figure: 'rss_mib_after_warm_up',
  value: Math.max(...rss.slice(Math.floor(rss.length * 0.4))),
  baseline: rss[Math.floor(rss.length * 0.4)],
  ratio: round(grown),
  seen: rss,
  target: `ratio ≤ ${targets.growth}`,
})

const secret = raised.secrets[0] ?? ''
await careful(raised, secret, 300, 2)
const stalled = await compare(
  async () => quantile(await careful(raised, secret, 500, 2), 0.99),
  async () => stall(raised, 1000),
)
missed ||= !(stalled.ratio <= targets.stalled)
print({ figure: 'p99_ms_beside_1000_stalled', ...stalled, target: `ratio ≤ ${targets.stalled}` })
await raised.stop()

const limited = await startLoadServer('default')
const [hostile = '', good = ''] = limited.secrets
await careful(limited, good, 40, 110)
let answers = 0
const flooded = await compare(
  async () => quantile(await careful(limited, good, 60, 110), 0.5),
  async () => {
    const end = flood(limited, hostile, 64)
    return async () => {
      answers += await end()
    }
  },
)
missed ||= !(flooded.ratio <= targets.flood)
print({ figure: 'p50_ms_beside_a_flood', ...flooded, answers, target: `ratio ≤ ${targets.flood}` })
await limited.stop()
if (missed) process.exitCode = 1

type Compared = { value: number; baseline: number; ratio: number }

/** Medians of rounds that take turns: alone, beside it, alone, … */
async function compare(
  measure: () => Promise<number>,
  begin: () => Promise<() => void | Promise<void>>,
): Promise<Compared> {
  const alone: number[] = []
  const beside: number[] = []
  for (let at = 0; at < rounds; at++) {
    alone.push(await measure())
    const end = await begin()
    beside.push(await measure())
    await end()
  }
  const [baseline, value] = [median(alone), median(beside)]
  return { value: round(value), baseline: round(baseline), ratio: round(value / baseline) }
}

function median(values: ReadonlyArray<number>): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

function round(value: number): number {
  return Number(value.toFixed(3))
}

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'load', ...figure }))
}
