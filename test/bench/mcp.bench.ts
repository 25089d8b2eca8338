import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

// An allowed `openclaw_instances` call with authentication, policy and a durable audit entry, against a bare SDK server
// with the same tool. Short bursts take turns, so that both see the same machine.

type Target = { url: string; secret: string; process: ChildProcess }
type Burst = { latenciesMs: number[]; wallMs: number }

const bursts = 16
const warmUpBursts = 4
const callsPerBurst = 300
const targets = { addedP50Ms: 1, throughputRatio: 0.6 }

const clawkeep = await start('clawkeep')
const bare = await start('bare')
try {
  let missed = false
  for (const connections of [1, 8, 32]) {
    const [ours, theirs] = await compare(connections)
    const ratio = round(theirs.wallMs / ours.wallMs)
    missed ||= ratio < targets.throughputRatio
    if (connections === 1) {
      const added = round(p50(ours) - p50(theirs))
      missed ||= added > targets.addedP50Ms
      print({
        figure: 'added_p50_ms',
        value: added,
        baseline: round(p50(theirs)),
        ratio: round(p50(ours) / p50(theirs)),
        target: `≤ ${targets.addedP50Ms}`,
      })
    }
    print({
      figure: `throughput_per_s_${connections}`,
      value: perSecond(ours),
      baseline: perSecond(theirs),
      ratio,
      target: `ratio ≥ ${targets.throughputRatio}`,
    })
  }
  if (missed) process.exitCode = 1
} finally {
  clawkeep.process.kill('SIGTERM')
  bare.process.kill('SIGTERM')
}

async function compare(connections: number): Promise<[ours: Burst, theirs: Burst]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const ours: Burst = { latenciesMs: [], wallMs: 0 }
  const theirs: Burst = { latenciesMs: [], wallMs: 0 }
  for (let at = 0; at < bursts + warmUpBursts; at++) {
    const pair: Array<[Target, Burst]> = [
      [clawkeep, ours],
      [bare, theirs],
    ]
    for (const [target, total] of at % 2 === 0 ? pair : pair.toReversed()) {
      const burst = await run(target, connections, agent)
      if (at < warmUpBursts) continue
      total.latenciesMs.push(...burst.latenciesMs)
      total.wallMs += burst.wallMs
    }
  }
  agent.destroy()
  return [ours, theirs]
}

async function run(target: Target, connections: number, agent: Agent): Promise<Burst> {
  const latenciesMs: number[] = []
  let left = callsPerBurst
  const startedMs = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) latenciesMs.push(await call(target, agent))
    }),
  )
  return { latenciesMs, wallMs: performance.now() - startedMs }
}

function call({ url, secret }: Target, agent: Agent): Promise<number> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'openclaw_instances', arguments: {}, _meta: meta },
  })
  const headers = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'openclaw_instances',
    'content-length': Buffer.byteLength(body),
  }
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        // A fast refusal is not a fast answer.
        if (!text.includes('"state":"running"') || text.includes('isError'))
          reject(new Error(`Not the answer: ${text.slice(0, 200)}`))
        else resolve(performance.now() - startedMs)
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function start(kind: 'clawkeep' | 'bare'): Promise<Target> {
  const file = fileURLToPath(new URL('support/mcp-process.ts', import.meta.url))
  const child = spawn(process.execPath, [file, kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The ${kind} server ended with ${code}`)))
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve({ ...(JSON.parse(line) as { url: string; secret: string }), process: child }),
    )
  })
}

function p50({ latenciesMs }: Burst): number {
  return latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length / 2)] ?? Number.NaN
}

function perSecond({ latenciesMs, wallMs }: Burst): number {
  return Math.round((latenciesMs.length / wallMs) * 1000)
}

function round(value: number): number {
  return Number(value.toFixed(3))
}

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'mcp', ...figure }))
}
