import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { ContainerRun } from './container-run.ts'
import type { ContainerEngine } from './engine.ts'

const missesUntilUnhealthy = 3
const mibBytes = 1024 * 1024

export type VitalSigns = {
  readonly engine: ContainerEngine
  readonly clock: Clock
  readonly measureEveryMs: number
  readonly healthEveryMs: number
  readonly onMemory: (usedMiB: number) => void
  /** Told after three misses in a row, and after each answer. */
  readonly onHealth: (healthy: boolean) => void
}

/** Measures memory and asks after health for as long as the container runs. */
export async function followVitalSigns(run: ContainerRun, signs: VitalSigns): Promise<void> {
  const { engine, clock, over } = { ...signs, over: run.over }
  let nextHealthMs = clock.monotonicMs() + signs.healthEveryMs
  let misses = 0
  for (;;) {
    const bytes = await engine.containerMemory(run.containerId).catch(() => null)
    if (over.aborted) return
    if (bytes !== null) signs.onMemory(Math.round(bytes / mibBytes))
    if (clock.monotonicMs() >= nextHealthMs) {
      nextHealthMs += signs.healthEveryMs
      const answer = await run.client.probe('/healthz', over).catch(() => null)
      if (over.aborted) return
      misses = answer?.ok === true ? 0 : misses + 1
      if (misses === 0 || misses === missesUntilUnhealthy) signs.onHealth(misses === 0)
    }
    await sleep(signs.measureEveryMs, undefined, { ref: false, signal: over }).catch(() => undefined)
    if (over.aborted) return
  }
}
