import { AppError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import {
  type Connection,
  type ConnectionAct,
  type ConnectionPlan,
  type PlanInput,
  type ProgramId,
  type Snippet,
  type Trial,
} from '../../shared/models/connection.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import type { ApiKeys } from '../mcp/api-keys.ts'
import type { Vault } from '../vault/vault.ts'
import { Backups } from './backups.ts'
import { type Change, prepareChange } from './change.ts'
import type { ConnectionRecord } from './connection-record.ts'
import { ConnectionStore } from './connection-store.ts'
import { DriftWatch } from './drift-watch.ts'
import { entryIn, formats, withEntry } from './edit-settings.ts'
import { entryDigest, entryName, entryOf, sha256, type Target, targetOf } from './entry.ts'
import { isAsWritten } from './own-fields.ts'
import { dropKey, keyFileOf, stageKey } from './key-file.ts'
import { lastSeenMs } from './look.ts'
import type { Machine } from './machine.ts'
import { type Program, programOf, programs } from './programs.ts'
import { digestOf, encode, readSettings, removeSettings, writeSettings } from './settings-file.ts'
import { snippets } from './snippets.ts'
import { tryTarget } from './trial.ts'

export type ConnectionsOptions = {
  readonly home: string
  readonly machine: Machine
  /** How the `clawkeep` command is started; null where there is none. */
  readonly launcher: ReadonlyArray<string> | null
  readonly vault: Pick<Vault, 'records' | 'state' | 'onUnlock' | 'onLock'>
  readonly apiKeys: Pick<ApiKeys, 'list' | 'create' | 'revoke'>
  readonly audit: Pick<AuditLog, 'around'>
  readonly clock: Clock
  readonly events: ChangeEvents
  /** The address that takes calls now; null: none does. */
  readonly mcpUrl: () => string | null
  /** The address that will, when it does. */
  readonly usualUrl: () => string
}

/** A plan that the person has seen: what is done must still be exactly that. */
type Consent = Omit<PlanInput, 'act'> & { readonly digest: string }

/**
 * Writes Clawkeep into the settings of other programs, and takes it out again: each with a key of its own. One change at a
 * time; all but `snippets` throw AppError locked while the vault is.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #store: ConnectionStore
  readonly #backups: Backups
  readonly #watch: DriftWatch
  readonly #subscriptions: ReadonlyArray<() => void>
  #turn: Promise<unknown> = Promise.resolve()
  #lastStandings = ''

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#store = new ConnectionStore(options)
    this.#backups = new Backups(options.home)
    this.#watch = new DriftWatch(() => this.#announceDrift())
    let mcpUrl = options.mcpUrl()
    this.#subscriptions = [
      options.events.on((topic) => {
        if (topic !== 'status' || mcpUrl === options.mcpUrl()) return
        mcpUrl = options.mcpUrl()
        this.#announceDrift()
      }),
      options.vault.onUnlock(() => this.#follow()),
      options.vault.onLock(() => this.#watch.close()),
    ]
    if (this.#store.isOpen) this.#follow()
  }

  /** Every known program, in the order in which they are shown. */
  list(): ReadonlyArray<Connection> {
    return programs.map((program) => this.#store.look(program))
  }

  /** The exact change, without making it. Throws AppError that says why it cannot be made. */
  plan(input: PlanInput): ConnectionPlan {
    return this.#prepare(input).plan
  }

  /** Connects a program: a new key, a backup, the entry. Throws AppError; nothing is left behind then. */
  add(consent: Consent, asker: Asker): Promise<Connection> {
    return this.#inTurn(() => this.#write('add', consent, asker))
  }

  /** Writes the entry again, with a new key; the old one ends. */
  repair(consent: Consent, asker: Asker): Promise<Connection> {
    return this.#inTurn(() => this.#write('repair', consent, asker))
  }

  /** Takes the entry out, then ends its key. */
  undo(consent: Consent, asker: Asker): Promise<Connection> {
    return this.#inTurn(async () => {
      const { program, file, undone } = this.#agreed('undo', consent)
      const record = this.#store.mustGet(program)
      if (file.bytes !== null && undone === null) {
        this.#backups.keep(program.id, file.bytes, this.#options.clock.now(), record.backup?.file ?? null)
        removeSettings(file, record.madeFolder)
      } else if (file.bytes !== null && undone !== null && !file.bytes.equals(undone)) {
        this.#backups.keep(program.id, file.bytes, this.#options.clock.now(), record.backup?.file ?? null)
        writeSettings(file, undone)
      }
      await this.#revoke(record.keyId, asker)
      if (record.keyFile !== null) dropKey(record.keyFile)
      this.#store.remove(program)
      return this.#changed(program)
    })
  }

  /** Makes a real call with what stands in the program's settings, if that is what Clawkeep wrote. */
  try(id: ProgramId): Promise<Trial> {
    return this.#inTurn(async () => {
      const { clock } = this.#options
      const program = programOf(id)
      const record = this.#store.mustGet(program)
      const { problem } = this.#store.look(program)
      // Whoever can change the settings, or take a port that we had, must not get the key sent, or a command run, by this button.
      if (problem !== null) throw new AppError('conflict', problem.message, { hint: problem.hint })
      // For the same reason: nothing says whose its port is now.
      if (this.#options.mcpUrl() === null)
        throw new AppError('unavailable', 'Clawkeep takes no calls now.', {
          hint: 'Its window says why its MCP server is off. Then try again.',
        })
      const entry = entryIn(formats[program.format], readSettings(record.file).text, [...program.path, entryName])
      const target = targetOf(program, entry)
      if (target === null || !isAsWritten(program, entry, record.entry))
        throw new AppError('conflict', `The settings of ${program.name} have just changed.`, { hint: 'Try again.' })
      const seenBeforeTrialMs = lastSeenMs(record, this.#store.keyOf(record))
      const trial = await tryTarget(target, clock)
      if (this.#store.isOpen) this.#store.keep({ ...record, seenBeforeTrialMs, trial })
      this.#options.events.emit('connections')
      return trial
    })
  }

  /** Ready text for every program, also while locked. */
  snippets(): ReadonlyArray<Snippet> {
    const { machine, mcpUrl, usualUrl } = this.#options
    return snippets({ machine, url: mcpUrl() ?? usualUrl(), bridge: this.#bridge() })
  }

  dispose(): void {
    for (const end of this.#subscriptions) end()
    this.#watch.close()
  }

  async #write(act: 'add' | 'repair', consent: Consent, asker: Asker): Promise<Connection> {
    const { clock, audit, apiKeys } = this.#options
    const { program, file, plan, previous, textWith } = this.#agreed(act, consent)
    const old = this.#store.get(program)
    const { key, secret } = await audit.around({ kind: 'key.create', asker }, async (op) => {
      const made = apiKeys.create({ name: program.name, scopes: plan.scopes, expiresInDays: null }, 'connect')
      op.note({ target: made.key.id })
      return made
    })
    const planned = this.#target(program)
    const target: Target = planned.kind === 'http' ? { ...planned, key: secret } : planned
    const keyFile = target.kind === 'stdio' ? keyFileOf(this.#options.home, program.id) : null
    let staged: ReturnType<typeof stageKey> | null = null
    try {
      if (keyFile !== null) staged = stageKey(keyFile, secret)
      const text = textWith(target)
      const needed = old?.backup?.file ?? null
      const kept = file.bytes === null ? null : this.#backups.keep(program.id, file.bytes, clock.now(), needed)
      const path = [...program.path, entryName]
      const record: ConnectionRecord = {
        program: program.id,
        file: file.path,
        keyId: key.id,
        scopes: plan.scopes,
        sinceMs: old?.sinceMs ?? clock.now(),
        entry: entryDigest(entryOf(program, target)),
        rest: old?.rest ?? sha256(withEntry(formats[program.format], text, path, undefined)),
        url: target.kind === 'http' ? target.url : null,
        keyFile,
        previous: old === null ? (previous ?? null) : old.previous,
        backup: old === null ? (kept === null ? null : { file: kept, digest: digestOf(file) }) : old.backup,
        madeFolder: old?.madeFolder ?? null,
        seenBeforeTrialMs: old === null ? null : lastSeenMs(old, this.#store.keyOf(old)),
        trial: null,
      }
      // Before the file: after a power cut in between the connection shows as drifted, and no key is left unseen.
      this.#store.keep(record)
      const madeFolder = writeSettings(file, encode(file, text))
      if (madeFolder !== null && old === null) this.#store.keep({ ...record, madeFolder })
      staged?.keep()
    } catch (error) {
      staged?.drop()
      if (this.#store.isOpen) {
        if (old === null) this.#store.remove(program)
        else this.#store.keep(old)
        await this.#revoke(key.id, asker)
      }
      throw error
    }
    if (old !== null) await this.#revoke(old.keyId, asker)
    return this.#changed(program)
  }

  #agreed(act: ConnectionAct, { digest, ...input }: Consent): Change {
    const change = this.#prepare({ ...input, act })
    if (change.plan.digest === digest) return change
    throw new AppError('conflict', `The settings of ${change.program.name} have changed since you looked.`, {
      hint: 'Look at the change again.',
    })
  }

  #prepare(input: PlanInput): Change {
    const program = programOf(input.program)
    return prepareChange(input, {
      machine: this.#options.machine,
      backups: this.#backups,
      record: this.#store.get(program),
      target: (each) => this.#target(each),
      running: this.#options.mcpUrl() !== null,
    })
  }

  #target(program: Program): Target {
    const { mcpUrl, usualUrl, home } = this.#options
    if (program.http !== null) return { kind: 'http', url: mcpUrl() ?? usualUrl(), key: '' }
    const bridge = this.#bridge()
    if (bridge === null)
      throw new AppError('unavailable', `${program.name} starts a command, and this Clawkeep has none.`, {
        hint: 'Use a Clawkeep that has the clawkeep command.',
      })
    return { kind: 'stdio', command: [...bridge, '--key-file', keyFileOf(home, program.id)] }
  }

  #bridge(): ReadonlyArray<string> | null {
    const { launcher, home } = this.#options
    return launcher === null ? null : [...launcher, 'mcp', '--home', home]
  }

  /** A key that was removed or revoked meanwhile is no reason to fail. */
  async #revoke(keyId: string, asker: Asker): Promise<void> {
    const { audit, apiKeys } = this.#options
    if (apiKeys.list().find(({ id }) => id === keyId)?.state === 'revoked') return
    await audit
      .around({ kind: 'key.revoke', asker, target: keyId }, async () => apiKeys.revoke(keyId))
      .catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'not_found') throw error
      })
  }

  #changed(program: Program): Connection {
    this.#follow()
    this.#options.events.emit('connections')
    return this.#store.look(program)
  }

  /** Watches the settings of what is connected. */
  #follow(): void {
    this.#watch.follow(this.#store.files())
    this.#lastStandings = this.#store.standings()
  }

  /** Some programs write their settings all the time; only a change in how a connection stands is announced. */
  #announceDrift(): void {
    if (!this.#store.isOpen) return
    const before = this.#lastStandings
    this.#lastStandings = this.#store.standings()
    if (this.#lastStandings !== before) this.#options.events.emit('connections')
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
