import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { compareChat } from './support/chat-comparison.ts'
import { firstCallMs } from './support/first-call.ts'
import { compare, p50, perSecond, residentMiB, startProcess, type Target } from './support/mcp-load.ts'
import { modernCall } from '../support/modern-call.ts'

// An allowed `openclaw_instances` call with authentication, policy and a durable audit entry, against a bare SDK server
// with the same tool; then `openclaw_chat` against openclaw-mcp, which has none of these, on a gateway that answers at once;
// then the time from the start of `clawkeep serve` to its first answered call.

const load = { bursts: 16, callsPerBurst: 300 }
const targets = { addedP50Ms: 0.5, throughputRatio: 0.8, chatP50Ratio: 1, chatThroughputRatio: 1.2, firstCallMs: 1000 }
const memoryRatio = 1.2

const clawkeep = await start('clawkeep')
const bare = await start('bare')
try {
  for (const connections of [1, 8, 32]) {
    const [ours, theirs] = await compare(clawkeep, bare, { ...load, connections })
    if (connections === 1) {
      const value = round(p50(ours) - p50(theirs))
      const ratio = round(p50(ours) / p50(theirs))
      const met = value <= targets.addedP50Ms
      print({ figure: 'added_p50_ms', value, baseline: round(p50(theirs)), ratio }, `≤ ${targets.addedP50Ms}`, met)
    }
    const ratio = round(theirs.wallMs / ours.wallMs)
    const figure = `throughput_per_s_${connections}`
    const met = ratio >= targets.throughputRatio
    print(
      { figure, value: perSecond(ours), baseline: perSecond(theirs), ratio },
      `ratio ≥ ${targets.throughputRatio}`,
      met,
    )
  }
  const [value, baseline] = [residentMiB(clawkeep.process), residentMiB(bare.process)]
  const ratio = round(value / baseline)
  print({ figure: 'rss_mib_after_load', value, baseline, ratio }, `ratio ≤ ${memoryRatio}`, ratio <= memoryRatio)
} finally {
  clawkeep.process.kill('SIGTERM')
  bare.process.kill('SIGTERM')
}

await compareChat(({ connections, ours, theirs }) => {
  if (connections === 1) {
    const [value, baseline] = [round(p50(ours)), round(p50(theirs))]
    const ratio = round(value / baseline)
    const met = ratio <= targets.chatP50Ratio
    print({ figure: 'chat_p50_ms', value, baseline, ratio }, `ratio ≤ ${targets.chatP50Ratio}`, met)
  }
  const ratio = round(theirs.wallMs / ours.wallMs)
  const met = connections === 1 || ratio >= targets.chatThroughputRatio
  const target = connections === 1 ? 'none' : `ratio ≥ ${targets.chatThroughputRatio}`
  print(
    { figure: `chat_per_s_${connections}`, value: perSecond(ours), baseline: perSecond(theirs), ratio },
    target,
    met,
  )
})

const { clawkeepMs, nodeMs } = await firstCallMs()
print(
  {
    figure: 'first_call_ms',
    value: Math.round(clawkeepMs),
    baseline: Math.round(nodeMs),
    ratio: round(clawkeepMs / nodeMs),
  },
  `≤ ${targets.firstCallMs}`,
  clawkeepMs <= targets.firstCallMs,
)

async function start(kind: 'clawkeep' | 'bare'): Promise<Target> {
  const file = fileURLToPath(new URL('support/mcp-process.ts', import.meta.url))
  const { process, said } = await startProcess<{ url: string; secret: string }>([file, kind])
  return { process, url: said.url, ...modernCall('openclaw_instances', {}, said.secret), expected: '"state":"running"' }
}

function round(value: number): number {
  return Number(value.toFixed(3))
}

function print(figure: Record<string, unknown>, target: string, met: boolean): void {
  console.log(JSON.stringify({ bench: 'mcp', ...figure, target, met, load: round(loadavg()[0] ?? 0) }))
  if (!met) process.exitCode = 1
}
