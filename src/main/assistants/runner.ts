import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import type { Assistant } from '../../shared/models/assistant.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Egress } from '../broker/assistant-egress.ts'
import type { Clock } from '../clock.ts'
import { ensureVolume, ownVolume } from './data-volume.ts'
import type { ContainerEngine } from './engine.ts'
import { type ContainerExit, explainExit, withLines } from './exit-reason.ts'
import { Hatch } from './hatch.ts'
import { demoImage, type ImageSource, prepareImage } from './image.ts'
import { logLines } from './log-lines.ts'
import { GatewayClient } from './openclaw/client.ts'
import { restartAfterMs } from './restart-plan.ts'
import { containerName, containerSpec, labels, type Ownership } from './spec.ts'

const keptLogLines = 200
const stopGraceSeconds = 10
const firstProbeMs = 25
const maxProbeMs = 500
const missesUntilUnhealthy = 3
const mibBytes = 1024 * 1024
/** A change smaller than this is not worth a refetch of the window. */
const shownMemoryStepMiB = 4

/** What is kept of an assistant, sealed in the vault. */
export type AssistantRecord = Pick<Assistant, 'id' | 'name' | 'image' | 'memoryMiB' | 'createdAtMs'>

export type Timings = {
  readonly demoReadyMs: number
  readonly readyMs: number
  readonly measureEveryMs: number
  readonly healthEveryMs: number
  readonly engineRetryMs: number
}

export const defaultTimings: Timings = {
  demoReadyMs: 60_000,
  readyMs: 120_000,
  measureEveryMs: 5000,
  healthEveryMs: 10_000,
  engineRetryMs: 1000,
}

export type RunnerDeps = {
  readonly engine: ContainerEngine
  readonly audit: Pick<AuditLog, 'around' | 'event'>
  readonly clock: Clock
  readonly egress: Egress
  readonly images: ImageSource
  readonly ownership: () => Ownership
  readonly runtimeDir: () => string
  readonly timings: Timings
  /** Rejects unless the engine answers; what a killed core left is cleaned up before the first container is made. */
  readonly prepare: () => Promise<void>
  readonly onChange: () => void
}

type Run = {
  readonly containerId: string
  readonly hatch: Hatch
  readonly client: GatewayClient
  /** Aborted when we take it down: nobody watches it any more. */
  readonly closing: AbortController
  /** Aborted when the container has ended by itself; `exit` says how. */
  readonly gone: AbortController
  exit: ContainerExit | null
  ready: boolean
}

type Situation = Omit<Assistant, keyof AssistantRecord>

const atRest: Situation = {
  state: 'stopped',
  message: null,
  hint: null,
  progress: null,
  containerId: null,
  startedAtMs: null,
  memoryUsedMiB: null,
  restarts: 0,
  exitCode: null,
}
const core: Asker = { kind: 'system', id: 'core' }

/** The life of one assistant: one container at a time, each operation after the other. */
export class AssistantRunner {
  readonly record: AssistantRecord
  readonly #deps: RunnerDeps
  #now: Situation = atRest
  #run: Run | null = null
  #queue: Promise<unknown> = Promise.resolve()
  #starting: AbortController | null = null
  #restartTimer: NodeJS.Timeout | null = null
  #exitsAtMs: Array<number> = []
  #lastLines: ReadonlyArray<string> = []

  constructor(record: AssistantRecord, deps: RunnerDeps) {
    this.record = record
    this.#deps = deps
  }

  view(): Assistant {
    return { ...this.record, ...this.#now }
  }

  /** Folder of the live hatch, so that a clean-up spares it. */
  get hatchDir(): string | null {
    return this.#run?.hatch.dir ?? null
  }

  /** True while it has or is about to have a container. */
  get isUp(): boolean {
    return this.#now.state !== 'stopped' && this.#now.state !== 'failed'
  }

  /** Resolves when the gateway inside is ready; rejects with what went wrong, which the view shows as well. */
  start(by: Asker): Promise<void> {
    const starting = new AbortController()
    return this.#enqueue(async () => {
      if (this.#run !== null) return
      this.#cancelRestart()
      this.#exitsAtMs = []
      this.#set({ ...atRest })
      this.#starting = starting
      await this.#audited('assistant.start', by, () => this.#bringUp(starting.signal))
    })
  }

  /** Ends what is under way and stops the container. */
  stop(by: Asker, graceSeconds = stopGraceSeconds): Promise<void> {
    this.#starting?.abort()
    this.#cancelRestart()
    return this.#enqueue(async () => {
      this.#cancelRestart()
      const run = this.#run
      if (run === null) return this.#set({ ...atRest })
      this.#set({ state: 'stopping', message: null, hint: null })
      await this.#audited('assistant.stop', by, () => this.#takeDown(run, graceSeconds))
      this.#set({ ...atRest })
    })
  }

  async logs(lines: number): Promise<ReadonlyArray<string>> {
    if (this.#run === null) return this.#lastLines.slice(-lines)
    return logLines(await this.#deps.engine.containerLogs(this.#run.containerId, lines), lines)
  }

  /** The way to the gateway; throws when it does not run. */
  client(): GatewayClient {
    if (this.#run?.ready === true) return this.#run.client
    throw new AppError('unavailable', `${this.record.name} is not running.`, { hint: this.#now.hint ?? 'Start it in Clawkeep, then try again.' })
  }

  #enqueue(run: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(run)
    this.#queue = result.catch(() => undefined)
    return result
  }

  #audited(kind: 'assistant.start' | 'assistant.stop', by: Asker, run: () => Promise<void>): Promise<void> {
    return this.#deps.audit.around({ kind, asker: { kind: by.kind, id: by.id }, target: this.record.id }, run).catch((error: unknown) => {
      // The log cannot be written: nothing was done, and the view must not stay at "stopping".
      if (error instanceof AppError && error.code === 'audit_failed') this.#fail(error)
      throw error
    })
  }

  async #bringUp(signal: AbortSignal): Promise<void> {
    const { engine, images, timings, clock } = this.#deps
    try {
      this.#set({ state: 'preparing', message: 'Looking for the image.', hint: null, progress: null })
      await this.#deps.prepare()
      const image = await prepareImage(engine, images, this.record.image, (share) => this.#showProgress(share), signal)
      signal.throwIfAborted()
      this.#set({ state: 'starting', message: 'Starting the container.', progress: null })
      const run = await this.#createContainer(image)
      await engine.startContainer(run.containerId)
      void this.#watch(run)
      await this.#waitReady(run, AbortSignal.any([signal, run.gone.signal]), this.record.image === demoImage ? timings.demoReadyMs : timings.readyMs)
      run.ready = true
      this.#set({ state: 'running', message: null, hint: null, startedAtMs: clock.now(), exitCode: null })
      void this.#monitor(run)
    } catch (error) {
      throw await this.#afterFailedStart(error, signal)
    }
  }

  async #createContainer(image: { reference: string; command: ReadonlyArray<string>; openclaw: boolean }): Promise<Run> {
    const { engine, egress, images } = this.#deps
    const { id, name } = this.record
    const ownership = this.#deps.ownership()
    const hatch = await Hatch.open({
      runtimeDir: this.#deps.runtimeDir(),
      script: join(images.resourcesDir, 'hatch', 'hatch.cjs'),
      asker: { kind: 'assistant', id, name },
      egress,
      openclaw: image.openclaw,
    })
    try {
      const volume = await ensureVolume(engine, ownership, this.record)
      const spec = containerSpec({
        ...ownership,
        assistant: this.record,
        image: image.reference,
        command: image.command,
        volume: volume.name,
        hatchDir: hatch.dir,
        hostCpus: availableParallelism(),
      })
      const containerId = await this.#createOrReplace(spec)
      const client = new GatewayClient({
        name,
        token: hatch.token,
        connect: (timeoutMs, signal) => hatch.connect(timeoutMs, signal),
        isWaiting: () => hatch.egressInFlight > 0,
      })
      const run: Run = { containerId, hatch, client, closing: new AbortController(), gone: new AbortController(), exit: null, ready: false }
      this.#run = run
      this.#set({ containerId })
      if (volume.fresh) await ownVolume(engine, containerId)
      return run
    } catch (error) {
      if (this.#run === null) hatch.close()
      throw error
    }
  }

  /** A container of the same name may be our own from a crash that was not cleaned up; any other is not ours to touch. */
  async #createOrReplace(spec: Parameters<ContainerEngine['createContainer']>[0]): Promise<string> {
    const { engine } = this.#deps
    try {
      return await engine.createContainer(spec)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
      const name = containerName(this.record)
      const other = await engine.inspectContainer(name)
      const { owner } = this.#deps.ownership()
      if (other !== null && other.Config.Labels[labels.owner] === owner && other.Config.Labels[labels.assistant] === this.record.id) {
        await engine.removeContainer(other.Id)
        return engine.createContainer(spec)
      }
      throw new AppError('conflict', `Docker has a container named ${name} that is not Clawkeep’s.`, {
        hint: `Rename or remove it (docker rename ${name} something-else), then start ${this.record.name} again.`,
      })
    }
  }

  async #waitReady(run: Run, signal: AbortSignal, withinMs: number): Promise<void> {
    const { clock } = this.#deps
    const deadlineMs = clock.monotonicMs() + withinMs
    for (let waitMs = firstProbeMs; ; waitMs = Math.min(maxProbeMs, waitMs * 1.5)) {
      const answer = await run.client.probe('/readyz', signal).catch(() => null)
      if (answer?.ok === true) return
      if (signal.aborted) throw new AppError('cancelled', 'The start was cancelled.')
      if (clock.monotonicMs() >= deadlineMs) {
        const lines = await this.#readLines(run)
        throw new AppError('timeout', `${this.record.name} was not ready within ${Math.round(withinMs / 1000)} seconds.`, {
          hint: withLines(answer === null ? 'Nothing answers on its port 18789.' : `It says: ${answer.detail}.`, lines),
        })
      }
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #afterFailedStart(error: unknown, signal: AbortSignal): Promise<unknown> {
    const run = this.#run
    const exit = run?.exit ?? null
    if (run !== null) await this.#takeDown(run, 1).catch(() => undefined)
    if (signal.aborted) {
      this.#set({ ...atRest })
      return new AppError('cancelled', `The start of ${this.record.name} was cancelled.`)
    }
    if (exit !== null) {
      await this.#auditExit(exit)
      const reason = explainExit(this.record.name, this.record.memoryMiB, exit)
      this.#fail(reason, exit.exitCode)
      return new AppError('unavailable', reason.message, { hint: reason.hint })
    }
    this.#fail(error instanceof AppError ? error : { message: 'Something unexpected went wrong.', hint: 'Start it again.' })
    return error
  }

  /** Stops and removes the container; what it said last stays readable. */
  async #takeDown(run: Run, graceSeconds: number): Promise<void> {
    const { engine } = this.#deps
    run.ready = false
    run.closing.abort()
    if (run.exit === null) await engine.stopContainer(run.containerId, graceSeconds)
    this.#lastLines = run.exit?.lines ?? (await this.#readLines(run))
    await engine.removeContainer(run.containerId)
    run.hatch.close()
    if (this.#run === run) this.#run = null
  }

  /** Waits for the container's end, through losses of the engine. */
  async #watch(run: Run): Promise<void> {
    const { engine } = this.#deps
    for (;;) {
      try {
        await engine.waitContainer(run.containerId, run.closing.signal)
        break
      } catch {
        if (run.closing.signal.aborted) return
        if (!(await this.#engineIsBack(run))) return
        const facts = await engine.inspectContainer(run.containerId).catch(() => undefined)
        if (facts === null || facts?.State.Running === false) break
      }
    }
    if (run.closing.signal.aborted) return
    run.exit = await this.#readExit(run)
    run.gone.abort()
    if (run.ready) await this.#enqueue(() => this.#afterExit(run)).catch(() => undefined)
  }

  async #engineIsBack(run: Run): Promise<boolean> {
    const { engine, timings } = this.#deps
    for (let first = true; !run.closing.signal.aborted; first = false) {
      const found = await engine.check()
      if (found.state === 'ready') {
        if (!first && run.ready && this.#now.state === 'unhealthy') this.#set({ state: 'running', message: null, hint: null })
        return true
      }
      if (run.ready && this.#now.state === 'running') this.#set({ state: 'unhealthy', message: found.message, hint: found.hint })
      await sleep(timings.engineRetryMs, undefined, { ref: false, signal: run.closing.signal }).catch(() => undefined)
    }
    return false
  }

  async #readExit(run: Run): Promise<ContainerExit> {
    const facts = await this.#deps.engine.inspectContainer(run.containerId).catch(() => null)
    return { exitCode: facts?.State.ExitCode ?? null, oomKilled: facts?.State.OOMKilled ?? false, lines: await this.#readLines(run) }
  }

  async #readLines(run: Run): Promise<ReadonlyArray<string>> {
    const log = await this.#deps.engine.containerLogs(run.containerId, keptLogLines).catch(() => Buffer.alloc(0))
    return logLines(log, keptLogLines)
  }

  async #afterExit(run: Run): Promise<void> {
    const { exit } = run
    if (this.#run !== run || exit === null) return
    await this.#auditExit(exit)
    await this.#takeDown(run, 0).catch(() => undefined)
    const reason = explainExit(this.record.name, this.record.memoryMiB, exit)
    this.#planRestart(reason, exit.exitCode)
  }

  #planRestart(reason: { message: string; hint: string; worthRestarting: boolean }, exitCode: number | null): void {
    this.#exitsAtMs = [...this.#exitsAtMs.slice(-100), this.#deps.clock.monotonicMs()]
    const waitMs = reason.worthRestarting ? restartAfterMs(this.#exitsAtMs) : null
    if (waitMs === null) {
      const again = reason.worthRestarting ? ' This happened 5 times within 5 minutes, so it is not started again by itself.' : ''
      return this.#fail({ message: reason.message + again, hint: reason.hint }, exitCode)
    }
    const message = `${reason.message} It is started again in ${waitMs / 1000} s.`
    this.#set({ ...atRest, state: 'restarting', message, hint: reason.hint, exitCode, restarts: this.#now.restarts })
    this.#restartTimer = setTimeout(() => void this.#enqueue(() => this.#startAgain()).catch(() => undefined), waitMs)
    this.#restartTimer.unref()
  }

  async #startAgain(): Promise<void> {
    // A stop that came between the timer and its turn in the queue has set the state.
    if (this.#now.state !== 'restarting' || this.#run !== null) return
    this.#restartTimer = null
    this.#starting = new AbortController()
    const { signal } = this.#starting
    this.#set({ restarts: this.#now.restarts + 1 })
    try {
      await this.#audited('assistant.start', core, () => this.#bringUp(signal))
    } catch (error) {
      const { state, message, hint, exitCode } = this.view()
      // Without the log nothing more may happen; a cancelled start is a stop.
      if (state !== 'failed' || (error instanceof AppError && error.code === 'audit_failed')) return
      this.#planRestart({ message: message ?? '', hint: hint ?? '', worthRestarting: exitCode !== 78 }, exitCode)
    }
  }

  async #auditExit(exit: ContainerExit): Promise<void> {
    const code = exit.oomKilled ? `${exit.exitCode} oom` : String(exit.exitCode ?? 'unknown')
    // It has happened already; a log that cannot be written shows itself, and keeps the next start from happening.
    await this.#deps.audit.event({ kind: 'assistant.exit', asker: core, target: this.record.id, code }).catch(() => undefined)
  }

  /** Measures memory and asks after health for as long as the container runs. */
  async #monitor(run: Run): Promise<void> {
    const { timings, clock, engine } = this.#deps
    const over = AbortSignal.any([run.closing.signal, run.gone.signal])
    let nextHealthMs = clock.monotonicMs() + timings.healthEveryMs
    let misses = 0
    for (;;) {
      await sleep(timings.measureEveryMs, undefined, { ref: false, signal: over }).catch(() => undefined)
      if (over.aborted) return
      const bytes = await engine.containerMemory(run.containerId).catch(() => null)
      if (over.aborted) return
      if (bytes !== null) this.#showMemory(Math.round(bytes / mibBytes))
      if (clock.monotonicMs() < nextHealthMs) continue
      nextHealthMs += timings.healthEveryMs
      const alive = await run.client.probe('/healthz', over).then(
        (answer) => answer.ok,
        () => false,
      )
      if (over.aborted) return
      misses = alive ? 0 : misses + 1
      if (alive && this.#now.state === 'unhealthy' && engine.state.state === 'ready') this.#set({ state: 'running', message: null, hint: null })
      if (misses === missesUntilUnhealthy) {
        this.#set({ state: 'unhealthy', message: `${this.record.name} does not answer its health checks.`, hint: 'Look at its log; restart it if it does not recover.' })
      }
    }
  }

  #showMemory(usedMiB: number): void {
    const shown = this.#now.memoryUsedMiB
    if (shown === null || Math.abs(shown - usedMiB) >= shownMemoryStepMiB) this.#set({ memoryUsedMiB: usedMiB })
  }

  #showProgress(share: number | null): void {
    const progress = share === null ? null : Math.round(share * 100) / 100
    const message = this.record.image === demoImage ? 'Making the image of the demo assistant.' : `Pulling ${this.record.image}.`
    if (progress !== this.#now.progress || message !== this.#now.message) this.#set({ progress, message })
  }

  #fail(reason: { message: string; hint?: string | undefined }, exitCode: number | null = null): void {
    this.#set({ ...atRest, state: 'failed', message: reason.message, hint: reason.hint ?? null, exitCode, restarts: this.#now.restarts })
  }

  #cancelRestart(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer)
    this.#restartTimer = null
  }

  #set(change: Partial<Situation>): void {
    this.#now = { ...this.#now, ...change }
    this.#deps.onChange()
  }
}
