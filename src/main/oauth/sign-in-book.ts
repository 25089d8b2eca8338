import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { NextMoment } from '../next-moment.ts'
import type { KeyRecords } from '../mcp/key-record.ts'
import { endOf } from './family.ts'
import { ClearSignIn, type Family, SealedSignIn, signInRecordKind as kind } from './tokens.ts'
import type { LockState } from '../vault/lock-listeners.ts'

/** A sign-in as it is held in memory; `sealed` is null while the vault is locked. */
export type Held = {
  readonly id: string
  clear: ClearSignIn
  sealed: SealedSignIn | null
  lastUsedAtMs: number | null
}

type ByAccess = { readonly held: Held; readonly family: Family; readonly access: Family['access'][number] }

const flushEveryMs = 60_000
/** Sign-ins that are over and still listed; the oldest goes first. */
const maxOver = 100

/** The sign-ins on disk and, by the hash of each access token, in memory. */
export class SignInBook {
  readonly #records: KeyRecords
  readonly #vault: LockState
  readonly #held = new Map<string, Held>()
  readonly #byAccess = new Map<string, ByAccess>()
  readonly #used = new Set<string>()
  readonly #subscriptions: ReadonlyArray<() => void>
  readonly #events: ChangeEvents
  readonly #nextEnd: NextMoment
  #flushTimer: NodeJS.Timeout | null = null

  constructor(options: { records: KeyRecords; vault: LockState; clock: Clock; events: ChangeEvents }) {
    this.#records = options.records
    this.#vault = options.vault
    this.#events = options.events
    this.#nextEnd = new NextMoment(options.clock, () => {
      this.#waitForEnds()
      this.#events.emit('keys')
    })
    this.#load()
    this.#subscriptions = [options.vault.onUnlock(() => this.#load()), options.vault.onLock(() => this.#leave())]
  }

  all(): ReadonlyArray<Held> {
    return [...this.#held.values()]
  }

  get(id: string): Held | undefined {
    return this.#held.get(id)
  }

  byAccess(hash: string): ByAccess | undefined {
    return this.#byAccess.get(hash)
  }

  /** Durable when it returns. Needs the vault open. */
  write(id: string, clear: ClearSignIn, sealed: SealedSignIn | null): void {
    if (sealed === null) throw new Error('A sign-in is not written while locked')
    const lastUsedAtMs = this.#held.get(id)?.lastUsedAtMs ?? sealed.lastUsedAtMs
    const dropped = this.#surplus(id)
    this.#records.putAll([
      { kind, id, value: { ...sealed, lastUsedAtMs }, clear },
      ...dropped.map((gone) => ({ kind, id: gone, value: undefined })),
    ])
    this.#used.delete(id)
    for (const gone of dropped) this.#forget(gone)
    this.#keep({ id, clear, sealed, lastUsedAtMs })
    this.#waitForEnds()
  }

  /** Notes a use; it is written and told with others, at most once a minute, and the first one is told at once. */
  used(held: Held, atMs: number): void {
    const isFirst = held.lastUsedAtMs === null
    held.lastUsedAtMs = atMs
    this.#used.add(held.id)
    if (isFirst) this.#events.emit('keys')
    if (this.#flushTimer !== null) return
    this.#flushTimer = setTimeout(() => {
      this.#flush()
      this.#events.emit('keys')
    }, flushEveryMs)
    this.#flushTimer.unref()
  }

  dispose(): void {
    this.#flush()
    this.#nextEnd.stop()
    for (const unsubscribe of this.#subscriptions) unsubscribe()
  }

  #load(): void {
    if (this.#vault.state === 'absent') return
    const unlocked = this.#vault.state === 'unlocked'
    const sealedParts = new Map(
      unlocked ? this.#records.list(kind).map(({ id, value }) => [id, SealedSignIn.safeParse(value).data]) : [],
    )
    const lastUsed = new Map(this.all().map((held) => [held.id, held.lastUsedAtMs]))
    this.#held.clear()
    this.#byAccess.clear()
    for (const { id, clear } of this.#records.listClear(kind)) {
      const parsed = ClearSignIn.safeParse(clear)
      const sealed = sealedParts.get(id)
      // Before unlock the clear part is only what the disk says; a row that does not fit, or is not vouched for, lets nobody in.
      if (!parsed.success || (unlocked && sealed === undefined)) continue
      const lastUsedAtMs = Math.max(sealed?.lastUsedAtMs ?? 0, lastUsed.get(id) ?? 0) || null
      this.#keep({ id, clear: parsed.data, sealed: sealed ?? null, lastUsedAtMs })
    }
    this.#waitForEnds()
  }

  /** A sign-in that ends by itself is shown as one that has ended. */
  #waitForEnds(): void {
    this.#nextEnd.wait(this.all().flatMap(({ clear }) => clear.families.map(endOf)))
  }

  #keep(held: Held): void {
    this.#forget(held.id)
    this.#held.set(held.id, held)
    for (const family of held.clear.families)
      for (const access of family.access) this.#byAccess.set(access.hash, { held, family, access })
  }

  #forget(id: string): void {
    for (const family of this.#held.get(id)?.clear.families ?? [])
      for (const { hash } of family.access) this.#byAccess.delete(hash)
    this.#held.delete(id)
  }

  #surplus(coming: string): ReadonlyArray<string> {
    const over = this.all().filter(({ id, clear }) => id !== coming && clear.revokedAtMs !== null)
    return over
      .toSorted((a, b) => (b.clear.revokedAtMs ?? 0) - (a.clear.revokedAtMs ?? 0))
      .slice(maxOver)
      .map(({ id }) => id)
  }

  /** Runs while the keys are still there: writes what is due. Then names are the vault's alone. */
  #leave(): void {
    this.#flush()
    for (const held of this.#held.values()) held.sealed = null
  }

  #flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    if (this.#used.size === 0 || this.#vault.state !== 'unlocked') return
    const rows = [...this.#used].flatMap((id) => {
      const held = this.#held.get(id)
      if (held === undefined || held.sealed === null) return []
      const { clear, sealed, lastUsedAtMs } = held
      return [{ kind, id, value: { ...sealed, lastUsedAtMs }, clear }]
    })
    try {
      this.#records.putAll(rows)
      this.#used.clear()
    } catch {
      // The disk may be full or read-only: a time of last use is not worth failing for, the next one tries again.
    }
  }
}
