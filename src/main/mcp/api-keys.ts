import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { ApiKey, ApiKeyInput, KeySource, RotateInput } from '../../shared/models/api-key.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import { NextMoment } from '../next-moment.ts'
import { type KeyEntry, type NewKey, keyState, viewOfKey } from './key-entry.ts'
import {
  ClearPart,
  type KeyRecords,
  SealedPart,
  isToken,
  looksLikeToken,
  keyRecordKind as kind,
  newToken,
  prefixOf,
  sha256,
} from './key-record.ts'
import type { Client, KeyCheck } from './token-verifier.ts'
import type { LockState } from '../vault/lock-listeners.ts'

const dayMs = 86_400_000
const flushEveryMs = 60_000

/**
 * The keys of clients: `oc_sk_` and 48 hex digits, kept as SHA-256 only. Checking one works while the vault is locked
 * and never writes; the time of last use is written at most once a minute.
 */
export class ApiKeys {
  readonly #records: KeyRecords
  readonly #vault: LockState
  readonly #clock: Clock
  readonly #events: ChangeEvents
  readonly #byId = new Map<string, KeyEntry>()
  readonly #byHash = new Map<string, KeyEntry>()
  readonly #onRevoked = new Set<(id: string) => void>()
  readonly #onReplaced = new Set<(id: string, untilMs: number) => void>()
  readonly #used = new Map<string, number>()
  readonly #subscriptions: ReadonlyArray<() => void>
  readonly #nextEnd: NextMoment
  #flushTimer: NodeJS.Timeout | null = null

  constructor(options: { records: KeyRecords; vault: LockState; clock: Clock; events: ChangeEvents }) {
    this.#records = options.records
    this.#vault = options.vault
    this.#clock = options.clock
    this.#events = options.events
    this.#nextEnd = new NextMoment(options.clock, () => this.#changed())
    this.#load()
    this.#subscriptions = [options.vault.onUnlock(() => this.#load()), options.vault.onLock(() => this.#leave())]
  }

  /** All keys, newest first. Throws AppError locked while the vault is. */
  list(): ReadonlyArray<ApiKey> {
    this.#mustBeUnlocked()
    return [...this.#byId.values()].map((entry) => this.#view(entry)).toSorted((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** Makes a key. `secret` is the only copy there will ever be. */
  create(input: ApiKeyInput, source: KeySource): { key: ApiKey; secret: string } {
    const secret = newToken()
    const expiresAtMs =
      input.expiresInDays === null ? null : Math.round(this.#clock.now() + input.expiresInDays * dayMs)
    const [key] = this.adopt([{ token: secret, name: input.name, scopes: input.scopes, expiresAtMs }], source)
    if (key === undefined) throw new Error('A key was not made')
    return { key, secret }
  }

  /** Takes keys that exist; all or none. Throws AppError conflict when one is known already. */
  adopt(keys: ReadonlyArray<NewKey>, source: KeySource): ReadonlyArray<ApiKey> {
    this.#mustBeUnlocked()
    const nowMs = this.#clock.now()
    const rows = keys.map(({ token, name, scopes, expiresAtMs }) => ({
      kind,
      id: newId('key'),
      clear: { hash: sha256(token), scopes: [...new Set(scopes)], expiresAtMs, revokedAtMs: null, previous: null },
      value: SealedPart.parse({ name, prefix: prefixOf(token), createdAtMs: nowMs, lastUsedAtMs: null, source }),
    }))
    const hashes = new Set(rows.map(({ clear }) => clear.hash))
    if (hashes.size < rows.length || [...hashes].some((hash) => this.#byHash.has(hash)))
      throw new AppError('conflict', 'One of these keys is here already.', { hint: 'Nothing was changed.' })
    this.#records.putAll(rows)
    const entries = rows.map(({ id, clear, value }) => this.#keep(id, clear, value))
    this.#changed()
    return entries.map((entry) => this.#view(entry))
  }

  /** The name of the client that holds or held this key; null when nobody does. */
  holderOf(token: string): string | null {
    this.#mustBeUnlocked()
    return this.#byHash.get(sha256(token))?.sealed?.name ?? null
  }

  /**
   * Gives a client a new key and lets the one it has go on for a while; one that was going on from an earlier rotation
   * stops. All that belongs to the client stays with it. Throws AppError not_found, conflict when the key is dead.
   */
  rotate({ id, overlapMs }: RotateInput): { key: ApiKey; secret: string } {
    const { entry, sealed } = this.#get(id)
    const nowMs = this.#clock.now()
    const { hash, expiresAtMs } = entry.clear
    if (keyState(entry.clear, nowMs) !== 'active') {
      throw new AppError('conflict', 'This key does not work any more, so it cannot be replaced.', {
        hint: 'Make a new key for this client.',
      })
    }
    const secret = newToken()
    const untilMs = Math.min(nowMs + overlapMs, expiresAtMs ?? Number.POSITIVE_INFINITY)
    const clear: ClearPart = { ...entry.clear, hash: sha256(secret), previous: { hash, untilMs } }
    const value: SealedPart = {
      ...sealed,
      prefix: prefixOf(secret),
      lastUsedAtMs: entry.lastUsedAtMs,
      rotatedAtMs: nowMs,
      previousPrefix: sealed.prefix,
    }
    this.#records.put(kind, id, value, clear)
    if (entry.clear.previous !== null) this.#byHash.delete(entry.clear.previous.hash)
    entry.clear = clear
    entry.sealed = value
    this.#byHash.set(clear.hash, entry)
    for (const listener of this.#onReplaced) listener(id, untilMs)
    this.#changed()
    return { key: this.#view(entry), secret }
  }

  /** Ends a key for good, its predecessor and open requests included. Revoking twice is fine. */
  revoke(id: string): ApiKey {
    const { entry, sealed } = this.#get(id)
    if (entry.clear.revokedAtMs === null) {
      const clear = { ...entry.clear, revokedAtMs: this.#clock.now() }
      this.#records.put(kind, id, { ...sealed, lastUsedAtMs: entry.lastUsedAtMs }, clear)
      this.#used.delete(id)
      entry.clear = clear
      for (const listener of this.#onRevoked) listener(id)
      this.#changed()
    }
    return this.#view(entry)
  }

  /** Whether a text means to be one of these keys, well formed or not. */
  accepts(token: string): boolean {
    return looksLikeToken(token)
  }

  /** Whose key this is; says why when it is nobody's. Found by its hash, so timing says nothing about any key. */
  check(token: string): KeyCheck {
    if (!isToken(token)) return { ok: false, reason: 'unknown', keyId: null }
    const hash = sha256(token)
    const entry = this.#byHash.get(hash)
    if (entry === undefined) return { ok: false, reason: 'unknown', keyId: null }
    const nowMs = this.#clock.now()
    const state = keyState(entry.clear, nowMs)
    if (state !== 'active') return { ok: false, reason: state, keyId: entry.id }
    let { client } = entry
    if (!timingSafeEqual(Buffer.from(hash), Buffer.from(entry.clear.hash))) {
      const untilMs = entry.clear.previous?.hash === hash ? entry.clear.previous.untilMs : 0
      if (nowMs >= untilMs) return { ok: false, reason: 'replaced', keyId: entry.id }
      // What it opens now ends with it.
      client = { ...client, expiresAtMs: untilMs }
    }
    const isFirst = entry.lastUsedAtMs === null
    entry.lastUsedAtMs = nowMs
    this.#used.set(entry.id, nowMs)
    this.#flushSoon()
    if (isFirst) this.#events.emit('keys')
    return { ok: true, client }
  }

  /** The client that holds this key, or null. */
  authenticate(token: string): Client | null {
    const checked = this.check(token)
    return checked.ok ? checked.client : null
  }

  /** The client of a key by its id; null when the key is gone, revoked or expired. */
  find(id: string): Client | null {
    const entry = this.#byId.get(id)
    return entry !== undefined && keyState(entry.clear, this.#clock.now()) === 'active' ? entry.client : null
  }

  /** Told the id of each key that is revoked, at once. */
  onRevoked(listener: (id: string) => void): () => void {
    this.#onRevoked.add(listener)
    return () => this.#onRevoked.delete(listener)
  }

  /** Told the id of each client that got a new key, and when the one it had stops. */
  onReplaced(listener: (id: string, untilMs: number) => void): () => void {
    this.#onReplaced.add(listener)
    return () => this.#onReplaced.delete(listener)
  }

  /** Writes the times of last use, if the vault is open; what cannot be written now is written after the next unlock. */
  flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    if (this.#used.size === 0 || this.#vault.state !== 'unlocked') return
    const rows = [...this.#used.keys()].flatMap((id) => {
      const entry = this.#byId.get(id)
      if (entry === undefined || entry.sealed === null) return []
      return [{ kind, id, value: { ...entry.sealed, lastUsedAtMs: entry.lastUsedAtMs }, clear: entry.clear }]
    })
    this.#records.putAll(rows)
    this.#used.clear()
  }

  /** Writes what is left and stops listening. */
  dispose(): void {
    this.#tryFlush()
    this.#nextEnd.stop()
    for (const unsubscribe of this.#subscriptions) unsubscribe()
  }

  #load(): void {
    if (this.#vault.state === 'absent') return
    const unlocked = this.#vault.state === 'unlocked'
    const sealedParts = new Map(
      unlocked ? this.#records.list(kind).map(({ id, value }) => [id, SealedPart.safeParse(value).data]) : [],
    )
    const lastUsed = new Map([...this.#byId.values()].map((entry) => [entry.id, entry.lastUsedAtMs]))
    this.#byId.clear()
    this.#byHash.clear()
    for (const { id, clear } of this.#records.listClear(kind)) {
      const parsed = ClearPart.safeParse(clear)
      const sealed = sealedParts.get(id)
      // Before unlock the clear part is only what the disk says; a row that does not fit, or is not vouched for, lets nobody in.
      if (!parsed.success || (unlocked && sealed === undefined)) continue
      const entry = this.#keep(id, parsed.data, sealed ?? null)
      entry.lastUsedAtMs = Math.max(entry.lastUsedAtMs ?? 0, lastUsed.get(id) ?? 0) || null
    }
    if (unlocked && this.#used.size > 0) this.#flushSoon()
    this.#waitForEnds()
  }

  #changed(): void {
    this.#waitForEnds()
    this.#events.emit('keys')
  }

  /** A key that ends by itself is shown as one that has ended. */
  #waitForEnds(): void {
    const keys = [...this.#byId.values()].map(({ clear }) => clear).filter(({ revokedAtMs }) => revokedAtMs === null)
    this.#nextEnd.wait(keys.flatMap(({ expiresAtMs, previous }) => [expiresAtMs, previous?.untilMs ?? null]))
  }

  #keep(id: string, clear: ClearPart, sealed: SealedPart | null): KeyEntry {
    const { scopes, expiresAtMs } = clear
    const client: Client = { kind: 'key', id, name: sealed?.name ?? '', scopes, expiresAtMs }
    const entry: KeyEntry = { id, clear, sealed, client, lastUsedAtMs: sealed?.lastUsedAtMs ?? null }
    this.#byId.set(id, entry)
    this.#byHash.set(clear.hash, entry)
    if (clear.previous !== null) this.#byHash.set(clear.previous.hash, entry)
    return entry
  }

  /** Runs while the keys are still there: writes what is due. Then names are the vault's alone. */
  #leave(): void {
    this.#tryFlush()
    for (const entry of this.#byId.values()) {
      entry.sealed = null
      entry.client = { ...entry.client, name: '' }
    }
  }

  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#tryFlush()
      this.#events.emit('keys')
    }, flushEveryMs).unref()
  }

  #tryFlush(): void {
    try {
      this.flush()
    } catch {
      // The disk may be full or read-only: a time of last use is not worth failing for, the next one tries again.
    }
  }

  #mustBeUnlocked(): void {
    if (this.#vault.state !== 'unlocked')
      throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock it first.' })
  }

  /** Throws AppError locked, not_found. */
  #get(id: string): { entry: KeyEntry; sealed: SealedPart } {
    this.#mustBeUnlocked()
    const entry = this.#byId.get(id)
    if (entry === undefined || entry.sealed === null)
      throw new AppError('not_found', 'There is no such key.', { hint: 'It may have been removed.' })
    return { entry, sealed: entry.sealed }
  }

  #view(entry: KeyEntry): ApiKey {
    return viewOfKey(entry, this.#clock.now())
  }
}
