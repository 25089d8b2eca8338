import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContainerEngine } from '../../src/main/assistants/engine.ts'
import { findNodeBinary } from '../../src/main/assistants/image.ts'
import { ensureNodeImage } from '../../src/main/assistants/node-image.ts'
import { Supervisor } from '../../src/main/assistants/supervisor.ts'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { docker, dockerJson } from '../support/docker-api.ts'

// From "start" to a gateway that is ready: an assistant with its hatch, limits, volume and audit entries, against what
// `docker run` does with the same image (create, start, with Docker's own network), until it logs that it listens. Starts
// take turns, so that both see the same machine.

const rounds = 15
const warmUpRounds = 2
const target = 1.3
const readyLine = 'listens on'
const resourcesDir = join(import.meta.dirname, '..', '..', 'resources')

const home = mkdtempSync(join(tmpdir(), 'clawkeep-bench-'))
const events = new ChangeEvents()
const vault = Vault.open({ file: join(home, 'vault.db'), clock: systemClock, events })
await vault.create('correct horse battery staple')
const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })
const supervisor = new Supervisor({
  records: vault.records,
  vault,
  audit,
  events,
  clock: systemClock,
  home,
  resourcesDir,
  egress: () => Promise.reject(new Error('Nothing goes out in a benchmark')),
})
const { id } = await supervisor.create({ name: 'bench', image: 'demo', memoryMiB: 512 })
try {
  const image = await demoImage()
  const ours: Array<number> = []
  const plain: Array<number> = []
  for (let round = 0; round < rounds + warmUpRounds; round += 1) {
    const [one, other] = round % 2 === 0 ? [startOurs, startPlain] : [startPlain, startOurs]
    for (const start of [one, other]) {
      const tookMs = await start(image)
      if (round >= warmUpRounds) (start === startOurs ? ours : plain).push(tookMs)
    }
  }
  const ratio = round2(median(ours) / median(plain))
  const figure = { value: Math.round(median(ours)), baseline: Math.round(median(plain)), ratio, target: `≤ ${target}` }
  console.log(JSON.stringify({ bench: 'container', figure: 'start_ratio', ...figure }))
  if (ratio > target) process.exitCode = 1
} finally {
  await supervisor.remove(id, true).catch(() => undefined)
  await supervisor.dispose()
  await audit.flush()
  audit.close()
  vault.close()
  rmSync(home, { recursive: true, force: true })
}

async function startOurs(): Promise<number> {
  const startedMs = performance.now()
  await supervisor.start(id)
  const tookMs = performance.now() - startedMs
  await supervisor.stop(id)
  return tookMs
}

/** The two calls that `docker run` makes, without the time its own program takes to start. */
async function startPlain(image: string): Promise<number> {
  const startedMs = performance.now()
  const { Id } = await dockerJson<{ Id: string }>('POST', '/containers/create', { Image: image })
  try {
    await docker('POST', `/containers/${Id}/start`)
    for (;;) {
      const log = await docker('GET', `/containers/${Id}/logs?stdout=1`)
      if (log.includes(readyLine)) return performance.now() - startedMs
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  } finally {
    await docker('DELETE', `/containers/${Id}?force=1&v=1`)
  }
}

function demoImage(): Promise<string> {
  const nodeBinary = findNodeBinary(resourcesDir)
  if (nodeBinary === null) throw new Error('The pinned Node is not installed: run npm ci')
  const script = join(resourcesDir, 'demo-assistant', 'gateway.cjs')
  return ensureNodeImage(
    new ContainerEngine(),
    { repo: 'clawkeep/demo-assistant', nodeBinary, script },
    () => undefined,
    AbortSignal.timeout(60_000),
  )
}

function median(all: ReadonlyArray<number>): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
