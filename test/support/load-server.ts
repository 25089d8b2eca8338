import type { Limits } from '../../src/main/mcp/limits.ts'
import { startMcpCore } from './mcp.ts'

// The real core in a process of its own, for load: `raised` has its rate limits out of the way, `default` has them all.

const clients = 64
const raised: Partial<Limits> = { perSecond: 1e9, burst: 1e9, concurrent: 64 }

const core = await startMcpCore(process.argv[2] === 'raised' ? { limits: raised } : {})
core.assistant.wordMs = 1
const secrets = Array.from({ length: clients }, () => core.key().secret)
process.on('message', (message) => {
  if (message === 'rss') process.send?.({ rssMiB: process.memoryUsage().rss / 1024 ** 2 })
  if (message === 'stop') void core.close().finally(() => process.exit(0))
})
process.on('disconnect', () => process.exit(1))
process.send?.({ port: core.port, secrets })
