import { rmSync } from 'node:fs'
import { AppError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import { Assistant, type AssistantInput, type Engine } from '../../shared/models/assistant.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Egress } from '../broker/assistant-egress.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/vault.ts'
import { DataVolumes } from './data-volume.ts'
import { ContainerEngine } from './engine.ts'
import { EngineWatch } from './engine-watch.ts'
import { homeOwnership } from './home-id.ts'
import { findNodeBinary, type ImageSource } from './image.ts'
import { removeLeftContainers } from './leftovers.ts'
import type { ChatMessage, OpenChat } from './openclaw/client.ts'
import { checkHealth, type Health } from './openclaw/health.ts'
import { AssistantRunner, type RunnerDeps } from './runner.ts'
import { clearRuntimeDir, openRuntimeDir } from './runtime-dir.ts'
import type { Ownership } from './spec.ts'
import { defaultTimings, type Timings } from './timings.ts'

const recordKind = 'assistant'
const disposeGraceSeconds = 5
const disposeTimeoutMs = 10_000
const maxAssistants = 50

const AssistantRecord = Assistant.pick({ id: true, name: true, image: true, memoryMiB: true, createdAtMs: true })

export type SupervisorOptions = {
  readonly records: Pick<Vault['records'], 'put' | 'list' | 'remove'>
  readonly vault: Pick<Vault, 'state' | 'onUnlock'>
  readonly audit: Pick<AuditLog, 'around' | 'event'>
  readonly events: ChangeEvents
  readonly clock: Clock
  readonly home: string
  readonly egress: Egress
  /** Holds `hatch` and `demo-assistant`. */
  readonly resourcesDir: string
  readonly engine?: ContainerEngine
  /** The Linux Node binary of the demo assistant's image; null: none. Default: where the app keeps it. */
  readonly nodeBinary?: string | null
  readonly timings?: Partial<Timings>
}

const person: Asker = { kind: 'person', id: 'window' }
const core: Asker = { kind: 'system', id: 'core' }

/**
 * All assistants of this home. Their records are sealed in the vault; what runs goes on running while it is locked, and is
 * known only once it was unlocked. Emits `assistants` on every change, `status` when the engine comes or goes.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #engine: ContainerEngine
  readonly #watch: EngineWatch
  readonly #deps: RunnerDeps
  readonly #runners = new Map<string, AssistantRunner>()
  #ownership: Ownership | null = null
  #runtimeDir: string | null = null
  #reconciled: Promise<void> | null = null
  #disposed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#engine = options.engine ?? new ContainerEngine()
    const { audit, clock, egress, events, resourcesDir } = options
    const images: ImageSource = {
      resourcesDir,
      nodeBinary: options.nodeBinary === undefined ? findNodeBinary(resourcesDir) : options.nodeBinary,
    }
    this.#watch = new EngineWatch({
      engine: this.#engine,
      events,
      isNeeded: () => this.#runners.size > 0,
      onReady: () => void this.#reconcileOnce().catch(() => undefined),
    })
    this.#deps = {
      engine: this.#engine,
      audit,
      clock,
      egress,
      images,
      volumes: new DataVolumes(this.#engine, () => this.#owner()),
      ownership: () => this.#owner(),
      runtimeDir: () => this.#sockets(),
      timings: { ...defaultTimings, ...options.timings },
      prepare: () => this.#prepare(),
      checkEngine: () => this.#watch.check(),
      onChange: () => events.emit('assistants'),
    }
    options.vault.onUnlock(() => this.#load())
    if (options.vault.state === 'unlocked') this.#load()
  }

  list(): ReadonlyArray<Assistant> {
    return [...this.#runners.values()].map((runner) => runner.view()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  byName(name: string): Assistant | undefined {
    return this.list().find((assistant) => assistant.name === name)
  }

  /** Makes the record; the container is made by `start`. Rejects with `conflict` when the name is taken, `locked`. */
  async create(input: AssistantInput, by: Asker = person): Promise<Assistant> {
    this.#requireUnlocked()
    const id = newId('ast')
    return this.#audited('assistant.create', by, id, async () => {
      if (this.byName(input.name) !== undefined) {
        throw new AppError('conflict', `There is an assistant named ${input.name} already.`, {
          hint: 'Choose another name, or remove that one first.',
        })
      }
      if (this.#runners.size >= maxAssistants)
        throw new AppError('conflict', `There are ${maxAssistants} assistants already.`, { hint: 'Remove one first.' })
      const record = AssistantRecord.parse({ ...input, id, createdAtMs: this.#options.clock.now() })
      this.#options.records.put(recordKind, id, record)
      const runner = new AssistantRunner(record, this.#deps)
      this.#runners.set(id, runner)
      this.#options.events.emit('assistants')
      return runner.view()
    })
  }

  /** Resolves when the assistant is ready. A failure is thrown, and stays in the view as `failed` with message and hint. */
  async start(id: string, by: Asker = person): Promise<Assistant> {
    const runner = this.#getOpen(id)
    await runner.start(by)
    return runner.view()
  }

  async stop(id: string, by: Asker = person): Promise<Assistant> {
    const runner = this.#get(id)
    await runner.stop(by)
    return runner.view()
  }

  async restart(id: string, by: Asker = person): Promise<Assistant> {
    const runner = this.#getOpen(id)
    await runner.restart(by)
    return runner.view()
  }

  /** Stops it and forgets it; `withData` also destroys its volume. Data that is kept is found again by the same name. */
  async remove(id: string, withData: boolean, by: Asker = person): Promise<void> {
    this.#requireUnlocked()
    const runner = this.#get(id)
    const takeBack = runner.retire()
    try {
      await runner.stop(by)
      await this.#audited('assistant.remove', by, id, () => this.#forget(runner, withData))
    } catch (error) {
      takeBack()
      throw error
    }
  }

  async #forget({ record }: AssistantRunner, withData: boolean): Promise<void> {
    if (withData) {
      await this.#prepare()
      // Stopping takes seconds: the person may have locked meanwhile, and then the record would outlive its data.
      this.#requireUnlocked()
      await this.#deps.volumes.remove(record)
    }
    this.#options.records.remove(recordKind, record.id)
    this.#runners.delete(record.id)
    this.#options.events.emit('assistants')
  }

  /** The last lines of its output, oldest first, without control characters; after it ended, what it said last. */
  async logs(id: string, lines: number): Promise<ReadonlyArray<string>> {
    return this.#get(id).logs(lines)
  }

  /** One message to the assistant; nothing of it leaves before it runs. Throws AppError not_found, unavailable. */
  openChat(id: string, message: ChatMessage): OpenChat {
    return this.#get(id).client().openChat(message)
  }

  /** Asks the gateway itself, now. */
  async health(id: string): Promise<Health> {
    const runner = this.#get(id)
    const { name, state, message, hint } = runner.view()
    if (state === 'running' || state === 'unhealthy') return checkHealth(name, runner.client())
    const problem = state === 'preparing' || state === 'starting' || state === 'restarting' ? 'starting' : 'not_running'
    const says = message ?? `${name} is ${state}.`
    return {
      alive: false,
      ready: false,
      problem,
      message: says,
      hint: hint ?? 'Only the person can start it, in Clawkeep.',
    }
  }

  engineState(): Engine {
    return this.#engine.state
  }

  /** Looks for the engine now; afterwards it is looked for by itself. */
  checkEngine(): Promise<Engine> {
    return this.#watch.check()
  }

  /** Removes containers and sockets that a killed core of this home left behind, now or as soon as there is an engine. */
  async reconcile(): Promise<void> {
    const found = await this.#watch.check()
    if (found.state === 'ready') await this.#reconcileOnce()
  }

  /** Stops and removes every container of ours, side by side; what does not end in time is killed. */
  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    this.#watch.stop()
    const stops = [...this.#runners.values()].map((runner) => {
      runner.retire()
      return runner.stop(core, disposeGraceSeconds).catch(() => undefined)
    })
    const deadline = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), disposeTimeoutMs).unref())
    const late = (await Promise.race([Promise.all(stops), deadline])) === 'late'
    // Also what a failed stop left: force, by label. An engine that is gone is reconciled at the next start.
    if (late || [...this.#runners.values()].some((runner) => runner.hasContainer))
      await this.#removeLeftovers().catch(() => undefined)
    if (this.#runtimeDir !== null) rmSync(this.#runtimeDir, { recursive: true, force: true })
  }

  #load(): void {
    for (const { id, value } of this.#options.records.list(recordKind)) {
      const record = AssistantRecord.safeParse(value)
      if (record.success && !this.#runners.has(id)) this.#runners.set(id, new AssistantRunner(record.data, this.#deps))
    }
    this.#options.events.emit('assistants')
  }

  async #prepare(): Promise<void> {
    const { state, message, hint } = await this.#watch.check()
    if (state !== 'ready') throw new AppError('unavailable', message, hint === null ? {} : { hint })
    await this.#reconcileOnce()
  }

  #reconcileOnce(): Promise<void> {
    this.#reconciled ??= this.#removeLeftovers().catch((error: unknown) => {
      this.#reconciled = null
      throw error
    })
    return this.#reconciled
  }

  /** Before the first container of ours is made, or after the last one: so what it finds is nobody's. */
  async #removeLeftovers(): Promise<void> {
    await removeLeftContainers(this.#engine, this.#owner(), (assistantId, remove) =>
      this.#audited('assistant.stop', core, assistantId, remove),
    )
    clearRuntimeDir(this.#sockets())
  }

  #audited<T>(
    kind: 'assistant.create' | 'assistant.remove' | 'assistant.stop',
    by: Asker,
    target: string,
    run: () => Promise<T>,
  ): Promise<T> {
    return this.#options.audit.around({ kind, asker: { kind: by.kind, id: by.id }, target }, run)
  }

  #get(id: string): AssistantRunner {
    const runner = this.#runners.get(id)
    if (runner === undefined) throw new AppError('not_found', 'There is no such assistant.')
    return runner
  }

  #getOpen(id: string): AssistantRunner {
    if (this.#disposed) throw new AppError('cancelled', 'Clawkeep is closing.')
    return this.#get(id)
  }

  #requireUnlocked(): void {
    if (this.#options.vault.state !== 'unlocked')
      throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock it first.' })
  }

  #owner(): Ownership {
    return (this.#ownership ??= homeOwnership(this.#options.home))
  }

  /** Looked at each time: whoever cleans up /tmp may have taken it. */
  #sockets(): string {
    this.#runtimeDir = openRuntimeDir(this.#options.home)
    return this.#runtimeDir
  }
}
