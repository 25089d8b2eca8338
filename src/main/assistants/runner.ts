import { AppError, toWireError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import type { Assistant, Engine } from '../../shared/models/assistant.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { type AssistantRecord, ContainerRun, type RunDeps } from './container-run.ts'
import { type ContainerExit, type ExitReason, explainExit } from './exit-reason.ts'
import { demoImage, prepareImage } from './image.ts'
import type { GatewayClient } from './openclaw/client.ts'
import { restartAfterMs } from './restart-plan.ts'
import { atRest, Situation } from './situation.ts'
import { Turns } from './turns.ts'
import { followVitalSigns } from './vital-signs.ts'

const stopGraceSeconds = 10
const failedStartGraceSeconds = 1
const keptExits = 100

export type RunnerDeps = RunDeps & {
  readonly audit: Pick<AuditLog, 'around' | 'event'>
  /** Rejects unless the engine answers; what a killed core left is cleaned up before the first container is made. */
  readonly prepare: () => Promise<void>
  readonly onChange: () => void
}

const core: Asker = { kind: 'system', id: 'core' }

/** The life of one assistant: one container at a time, each operation after the other. */
export class AssistantRunner {
  readonly record: AssistantRecord
  readonly #deps: RunnerDeps
  readonly #situation: Situation
  readonly #turns = new Turns(() => this.#cancelled())
  #run: ContainerRun | null = null
  #restartTimer: NodeJS.Timeout | null = null
  #exitsAtMs: ReadonlyArray<number> = []
  #lastLines: ReadonlyArray<string> = []

  constructor(record: AssistantRecord, deps: RunnerDeps) {
    this.record = record
    this.#deps = deps
    this.#situation = new Situation(record.image, deps.onChange)
  }

  view(): Assistant {
    return { ...this.record, ...this.#situation.now }
  }

  /** True while there is, or may still be, a container. */
  get hasContainer(): boolean {
    return this.#run !== null
  }

  /** Resolves when the gateway inside is ready; rejects with what went wrong, which the view shows as well. */
  start(by: Asker): Promise<void> {
    return this.#turns.takeToStart((signal) => this.#startNow(by, signal))
  }

  /** Ends what is under way and stops the container. */
  stop(by: Asker, graceSeconds = stopGraceSeconds): Promise<void> {
    this.#turns.endStart()
    this.#cancelRestart()
    return this.#turns.take(() => this.#stopNow(by, graceSeconds))
  }

  /** One operation: nothing comes between its stop and its start, and what ends the one ends the other. */
  restart(by: Asker): Promise<void> {
    this.#turns.endStart()
    this.#cancelRestart()
    return this.#turns.takeToStart(async (signal) => {
      await this.#stopNow(by, stopGraceSeconds)
      await this.#startNow(by, signal)
    })
  }

  /**
   * From now on nothing starts it: it is being removed, or Clawkeep closes. What waits for its turn rejects with `cancelled`;
   * a container that came after the last stop would be one that nobody sees. Returns what takes this back.
   */
  retire(): () => void {
    this.#cancelRestart()
    return this.#turns.retire()
  }

  /** The last lines of its output; after it ended, what it said last. */
  async logs(count: number): Promise<ReadonlyArray<string>> {
    return this.#run?.logs(count) ?? this.#lastLines.slice(-count)
  }

  /** The way to the gateway; throws when it does not run. */
  client(): GatewayClient {
    if (this.#run?.isReady === true) return this.#run.client
    throw new AppError('unavailable', `${this.record.name} is not running.`, {
      hint: this.#situation.now.hint ?? 'Start it in Clawkeep, then try again.',
    })
  }

  #audited(kind: 'assistant.start' | 'assistant.stop', by: Asker, run: () => Promise<void>): Promise<void> {
    return this.#deps.audit.around({ kind, asker: { kind: by.kind, id: by.id }, target: this.record.id }, run)
  }

  #cancelled(): AppError {
    return new AppError('cancelled', `The start of ${this.record.name} was cancelled.`)
  }

  async #startNow(by: Asker, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw this.#cancelled()
    if (this.#run?.isReady === true) return
    this.#cancelRestart()
    this.#exitsAtMs = []
    this.#situation.set({ ...atRest })
    await this.#auditedStart(by, signal)
  }

  async #stopNow(by: Asker, graceSeconds: number): Promise<void> {
    this.#cancelRestart()
    const run = this.#run
    if (run === null) return this.#situation.set({ ...atRest })
    const before = this.#situation.now
    this.#situation.set({ state: 'stopping', message: null, hint: null })
    try {
      await this.#audited('assistant.stop', by, () => this.#takeDown(run, graceSeconds))
      this.#situation.set({ ...atRest })
    } catch (error) {
      const { message, hint } = toWireError(error)
      // Not audited means not done: it runs on. Otherwise it is cut off, and what is left of it goes at the next start.
      const now = run.isClosing ? { ...atRest, state: 'failed' as const } : before
      this.#situation.set({ ...now, message, hint: hint ?? null })
      throw error
    }
  }

  async #auditedStart(by: Asker, signal: AbortSignal): Promise<void> {
    try {
      await this.#audited('assistant.start', by, () => this.#bringUp(signal))
    } catch (error) {
      // The log cannot be written, so nothing was tried and the view does not know yet.
      if (error instanceof AppError && error.code === 'audit_failed') this.#situation.fail(error)
      throw error
    }
  }

  async #bringUp(signal: AbortSignal): Promise<void> {
    const { engine, images, timings, clock } = this.#deps
    const isDemo = this.record.image === demoImage
    let run: ContainerRun | null = null
    try {
      this.#situation.set({ state: 'preparing', message: 'Looking for the image.', hint: null, progress: null })
      await this.#deps.prepare()
      // What an earlier stop could not remove, because the engine was away.
      if (this.#run !== null) await this.#takeDown(this.#run, 0)
      const image = await prepareImage(
        engine,
        images,
        this.record.image,
        (share) => this.#situation.progress(share),
        signal,
      )
      signal.throwIfAborted()
      this.#situation.set({ state: 'starting', message: 'Starting the container.', progress: null })
      const made = await ContainerRun.create(this.record, image, this.#deps)
      this.#run = run = made
      this.#situation.set({ containerId: made.containerId })
      signal.throwIfAborted()
      await made.start({
        onExit: (exit) => void this.#turns.take(() => this.#afterExit(made, exit)).catch(() => undefined),
        onEngine: (found) => this.#situation.health(found.state === 'ready', found),
      })
      await made.waitReady(signal, isDemo ? timings.demoReadyMs : timings.readyMs)
      this.#situation.set({ state: 'running', message: null, hint: null, startedAtMs: clock.now(), exitCode: null })
      void this.#follow(made).catch(() => undefined)
    } catch (error) {
      throw await this.#afterFailedStart(run, error, signal)
    }
  }

  /** `run` is what this start has made: one that an earlier stop could not remove has an exit too, and it is not this start's. */
  async #afterFailedStart(run: ContainerRun | null, error: unknown, signal: AbortSignal): Promise<unknown> {
    const exit = run?.exit ?? null
    if (run !== null) await this.#takeDown(run, failedStartGraceSeconds).catch(() => undefined)
    if (signal.aborted) {
      this.#situation.set({ ...atRest })
      return this.#cancelled()
    }
    if (exit !== null) {
      await this.#auditExit(exit)
      const reason = explainExit(this.record.name, this.record.memoryMiB, exit)
      this.#situation.fail(reason, exit.exitCode)
      return new AppError('unavailable', reason.message, { hint: reason.hint })
    }
    this.#situation.fail(toWireError(error))
    return error
  }

  async #takeDown(run: ContainerRun, graceSeconds: number): Promise<void> {
    this.#lastLines = await run.takeDown(graceSeconds)
    this.#run = null
  }

  async #afterExit(run: ContainerRun, exit: ContainerExit): Promise<void> {
    if (this.#run !== run) return
    await this.#auditExit(exit)
    await this.#takeDown(run, 0).catch(() => undefined)
    this.#planRestart(explainExit(this.record.name, this.record.memoryMiB, exit), exit.exitCode)
  }

  #planRestart(reason: ExitReason, exitCode: number | null): void {
    this.#exitsAtMs = [...this.#exitsAtMs.slice(1 - keptExits), this.#deps.clock.monotonicMs()]
    const waitMs = reason.worthRestarting ? restartAfterMs(this.#exitsAtMs) : null
    if (waitMs === null) {
      const loop = ' This happened 5 times within 5 minutes, so it is not started again by itself.'
      return this.#situation.fail(
        { message: reason.message + (reason.worthRestarting ? loop : ''), hint: reason.hint },
        exitCode,
      )
    }
    this.#situation.restarting(
      { ...reason, message: `${reason.message} It is started again in ${waitMs / 1000} s.` },
      exitCode,
    )
    this.#startAgainAfter(waitMs)
  }

  #startAgainAfter(waitMs: number): void {
    this.#restartTimer = setTimeout(
      () => void this.#turns.takeToStart((signal) => this.#startAgain(signal)).catch(() => undefined),
      waitMs,
    )
    this.#restartTimer.unref()
  }

  async #startAgain(signal: AbortSignal): Promise<void> {
    // A stop that came between the timer and its turn in the queue has set the state.
    if (this.#situation.now.state !== 'restarting') return
    this.#restartTimer = null
    const { exitCode: lastCode } = this.#situation.now
    const found = await this.#deps.checkEngine()
    if (signal.aborted) return
    if (found.state !== 'ready') return this.#waitForEngine(found, lastCode)
    this.#situation.set({ restarts: this.#situation.now.restarts + 1 })
    try {
      await this.#auditedStart(core, signal)
    } catch (error) {
      const { state, message, hint, exitCode } = this.view()
      // Without the log nothing more may happen; a cancelled start is a stop.
      if (state !== 'failed' || (error instanceof AppError && error.code === 'audit_failed')) return
      const now = await this.#deps.checkEngine()
      if (now.state !== 'ready') return this.#waitForEngine(now, lastCode)
      this.#planRestart({ message: message ?? '', hint: hint ?? '', worthRestarting: exitCode !== 78 }, exitCode)
    }
  }

  /** Its own failures are what is counted and given up on; an upgrade of the engine may take longer than all of them. */
  #waitForEngine({ message, hint }: Engine, exitCode: number | null): void {
    const { name } = this.record
    this.#situation.restarting({ message: `${message} ${name} is started again when Docker is back.`, hint }, exitCode)
    this.#startAgainAfter(this.#deps.timings.engineRetryMs)
  }

  async #auditExit(exit: ContainerExit): Promise<void> {
    const code = exit.oomKilled ? `${exit.exitCode} oom` : String(exit.exitCode ?? 'unknown')
    const facts = { kind: 'assistant.exit' as const, asker: core, target: this.record.id, code }
    // It has happened already; a log that cannot be written shows itself, and keeps the next start from happening.
    await this.#deps.audit.event(facts).catch(() => undefined)
  }

  #follow(run: ContainerRun): Promise<void> {
    const { engine, clock, timings } = this.#deps
    return followVitalSigns(run, {
      engine,
      clock,
      ...timings,
      onMemory: (usedMiB) => this.#situation.memory(usedMiB),
      onHealth: (healthy) => {
        // While the engine is away that is the news, and its coming back ends it.
        if (engine.state.state !== 'ready') return
        this.#situation.health(healthy, {
          message: `${this.record.name} does not answer its health checks.`,
          hint: 'Look at its log; restart it if it does not recover.',
        })
      },
    })
  }

  #cancelRestart(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer)
    this.#restartTimer = null
  }
}
