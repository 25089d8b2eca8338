import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'
import type { Assistant, Engine } from '../../shared/models/assistant.ts'
import type { Egress } from '../broker/assistant-egress.ts'
import type { Clock } from '../clock.ts'
import type { DataVolume, DataVolumes } from './data-volume.ts'
import type { ContainerEngine } from './engine.ts'
import { type ContainerExit, withLines } from './exit-reason.ts'
import { Hatch } from './hatch.ts'
import type { ImageSource, PreparedImage } from './image.ts'
import { logLines } from './log-lines.ts'
import { makeContainer } from './make-container.ts'
import { GatewayClient } from './openclaw/client.ts'
import { containerSpec, type Ownership } from './spec.ts'
import type { Timings } from './timings.ts'

const keptLogLines = 200
const firstProbeMs = 25
const maxProbeMs = 500
const probeGrowth = 1.5

/** What is kept of an assistant, sealed in the vault. */
export type AssistantRecord = Pick<Assistant, 'id' | 'name' | 'image' | 'memoryMiB' | 'createdAtMs'>

export type RunDeps = {
  readonly engine: ContainerEngine
  readonly clock: Clock
  readonly egress: Egress
  readonly images: ImageSource
  readonly volumes: DataVolumes
  readonly ownership: () => Ownership
  readonly runtimeDir: () => string
  /** Looks for the engine now, and tells the others what it found. Never rejects. */
  readonly checkEngine: () => Promise<Engine>
  readonly timings: Timings
}

export type RunEvents = {
  /** It ended by itself; `exit` says how. */
  readonly onExit: (exit: ContainerExit) => void
  /** The engine went away (not ready) or came back while the container was up. */
  readonly onEngine: (found: Engine) => void
}

/** One container of one assistant, with its hatch: made, started once, taken down. */
export class ContainerRun {
  readonly containerId: string
  readonly client: GatewayClient
  readonly #record: AssistantRecord
  readonly #deps: RunDeps
  readonly #hatch: Hatch
  /** We take it down: nobody watches it any more. */
  readonly #closing = new AbortController()
  /** It has ended by itself. */
  readonly #gone = new AbortController()
  #exit: ContainerExit | null = null
  #ready = false

  private constructor(containerId: string, record: AssistantRecord, deps: RunDeps, hatch: Hatch) {
    this.containerId = containerId
    this.#record = record
    this.#deps = deps
    this.#hatch = hatch
    this.client = new GatewayClient({
      name: record.name,
      token: hatch.token,
      connect: (timeoutMs, signal) => hatch.connect(timeoutMs, signal),
      isWaiting: () => hatch.egressInFlight > 0,
    })
  }

  /** Opens the hatch and makes the container; nothing is left behind when that fails. */
  static async create(record: AssistantRecord, image: PreparedImage, deps: RunDeps): Promise<ContainerRun> {
    const { engine, volumes } = deps
    const ownership = deps.ownership()
    const hatch = await Hatch.open({
      clock: deps.clock,
      runtimeDir: deps.runtimeDir(),
      script: join(deps.images.resourcesDir, 'hatch', 'hatch.cjs'),
      asker: { kind: 'assistant', id: record.id, name: record.name },
      egress: deps.egress,
      traits: image.traits,
    })
    let volume: DataVolume | null = null
    let containerId: string | null = null
    try {
      volume = await volumes.ensure(record)
      const spec = containerSpec({
        ...ownership,
        assistant: record,
        image: image.reference,
        command: image.command,
        volume: volume.name,
        hatchDir: hatch.dir,
        hostCpus: availableParallelism(),
      })
      containerId = await makeContainer(engine, spec, ownership, record)
      await volumes.handOver(volume, containerId)
      return new ContainerRun(containerId, record, deps, hatch)
    } catch (error) {
      hatch.close()
      if (containerId !== null) await engine.removeContainer(containerId).catch(() => undefined)
      if (volume !== null) await volumes.takeBack(volume).catch(() => undefined)
      throw error
    }
  }

  /** True from ready until it ends or is taken down. */
  get isReady(): boolean {
    return this.#ready
  }

  /** How it ended by itself; null while it has not. */
  get exit(): ContainerExit | null {
    return this.#exit
  }

  /** True once it was cut off: `takeDown` has begun. */
  get isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  /** Aborted when it ends, whoever ended it. */
  get over(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, this.#gone.signal])
  }

  async start(events: RunEvents): Promise<void> {
    await this.#deps.engine.startContainer(this.containerId)
    void this.#watch(events).catch(() => undefined)
  }

  /** Resolves when the gateway inside says it is ready; rejects when it ends first, takes too long, or `signal` ends it. */
  async waitReady(signal: AbortSignal, withinMs: number): Promise<void> {
    const { clock } = this.#deps
    const either = AbortSignal.any([signal, this.over])
    const deadlineMs = clock.monotonicMs() + withinMs
    for (let waitMs = firstProbeMs; ; waitMs = Math.min(maxProbeMs, waitMs * probeGrowth)) {
      const answer = await this.client.probe('/readyz', either).catch(() => null)
      if (either.aborted) throw new AppError('cancelled', 'The start was cancelled.')
      if (answer?.ok === true) break
      if (clock.monotonicMs() >= deadlineMs) {
        const says = answer === null ? 'Nothing answers on its port 18789.' : `It says: ${answer.detail}.`
        throw new AppError(
          'timeout',
          `${this.#record.name} was not ready within ${Math.round(withinMs / 1000)} seconds.`,
          {
            hint: withLines(says, await this.#linesIfAny()),
          },
        )
      }
      await sleep(waitMs, undefined, { signal: either }).catch(() => undefined)
    }
    this.#ready = true
  }

  /** The last lines of its output, oldest first. */
  async logs(count: number): Promise<ReadonlyArray<string>> {
    return logLines(await this.#deps.engine.containerLogs(this.containerId, count), count)
  }

  /** Stops and removes the container; resolves with what it said last. May be called again when the engine was away. */
  async takeDown(graceSeconds: number): Promise<ReadonlyArray<string>> {
    const { engine } = this.#deps
    this.#ready = false
    this.#closing.abort()
    // First of all it loses its way out; a signal needs no network.
    this.#hatch.close()
    if (this.#exit === null) await engine.stopContainer(this.containerId, graceSeconds)
    const lines = this.#exit?.lines ?? (await this.#linesIfAny())
    await engine.removeContainer(this.containerId)
    return lines
  }

  /** For words about an end: without the log they are still worth saying. */
  #linesIfAny(): Promise<ReadonlyArray<string>> {
    return this.logs(keptLogLines).catch(() => [])
  }

  async #watch(events: RunEvents): Promise<void> {
    const end = await this.#ended(events)
    if (end === null) return
    const exit = { ...end, lines: await this.#linesIfAny() }
    if (this.isClosing) return
    this.#exit = exit
    this.#gone.abort()
    const wasReady = this.#ready
    this.#ready = false
    if (wasReady) events.onExit(exit)
  }

  /**
   * How it ended, through losses of the engine; null when we take it down. An engine that goes down itself ends its
   * containers, still answers who waits for them, and then nobody: that it cannot be asked says nothing of a container.
   */
  async #ended(events: RunEvents): Promise<Omit<ContainerExit, 'lines'> | null> {
    const { engine, timings } = this.#deps
    const { signal } = this.#closing
    let code: number | null = null
    let asked = true
    for (;;) {
      code ??= await engine.waitContainer(this.containerId, signal).catch(() => null)
      if (code === null || !asked) await this.#waitForEngine(events)
      if (signal.aborted) return null
      const facts = await engine.inspectContainer(this.containerId).catch(() => undefined)
      if (signal.aborted) return null
      if (facts === null) return { exitCode: null, oomKilled: false }
      if (facts !== undefined && (code !== null || !facts.State.Running))
        return { exitCode: code ?? facts.State.ExitCode, oomKilled: facts.State.OOMKilled }
      asked = facts !== undefined
      await sleep(timings.engineRetryMs, undefined, { ref: false, signal }).catch(() => undefined)
    }
  }

  async #waitForEngine(events: RunEvents): Promise<void> {
    const { checkEngine, timings } = this.#deps
    for (let lost = false; !this.isClosing; lost = true) {
      const found = await checkEngine()
      if (found.state === 'ready') {
        if (lost) events.onEngine(found)
        return
      }
      if (!lost) events.onEngine(found)
      await sleep(timings.engineRetryMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined)
    }
  }
}
