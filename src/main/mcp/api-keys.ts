import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { ApiKey, ApiKeyInput } from '../../shared/models/api-key.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
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

type LockState = {
  readonly state: 'absent' | 'locked' | 'unlocked'
  onUnlock(listener: () => void): () => void
  onLock(listener: () => void): () => void
}

const dayMs = 86_400_000
const flushEveryMs = 60_000

type Entry = {
  readonly id: string
  clear: ClearPart
  sealed: SealedPart | null
  client: Client
  lastUsedAtMs: number | null
}

/**
 * The keys of clients: `oc_sk_` and 48 hex digits, kept as SHA-256 only. Checking one works while the vault is locked
 * and never writes; the time of last use is written at most once a minute.
 */
export class ApiKeys {
  readonly #records: KeyRecords
  readonly #vault: LockState
  readonly #clock: Clock
  readonly #events: ChangeEvents
  readonly #byId = new Map<string, Entry>()
  readonly #byHash = new Map<string, Entry>()
  readonly #onRevoked = new Set<(id: string) => void>()
  readonly #used = new Map<string, number>()
  readonly #subscriptions: ReadonlyArray<() => void>
  #flushTimer: NodeJS.Timeout | null = null

  constructor(options: { records: KeyRecords; vault: LockState; clock: Clock; events: ChangeEvents }) {
    this.#records = options.records
    this.#vault = options.vault
    this.#clock = options.clock
    this.#events = options.events
    this.#load()
    this.#subscriptions = [options.vault.onUnlock(() => this.#load()), options.vault.onLock(() => this.#leave())]
  }

  /** All keys, newest first. Throws AppError locked while the vault is. */
  list(): ReadonlyArray<ApiKey> {
    this.#mustBeUnlocked()
    return [...this.#byId.values()].map((entry) => this.#view(entry)).toSorted((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** Makes a key. `secret` is the only copy there will ever be. */
  create(input: ApiKeyInput): { key: ApiKey; secret: string } {
    this.#mustBeUnlocked()
    const secret = newToken()
    const nowMs = this.#clock.now()
    const id = newId('key')
    const clear: ClearPart = {
      hash: sha256(secret),
      scopes: [...new Set(input.scopes)],
      expiresAtMs: input.expiresInDays === null ? null : Math.round(nowMs + input.expiresInDays * dayMs),
      revokedAtMs: null,
    }
    const sealed: SealedPart = {
      name: input.name,
      prefix: prefixOf(secret),
      createdAtMs: nowMs,
      lastUsedAtMs: null,
    }
    this.#records.put(kind, id, sealed, clear)
    const entry = this.#keep(id, clear, sealed)
    this.#events.emit('keys')
    return { key: this.#view(entry), secret }
  }

  /** Ends a key for good, open requests included. Revoking twice is fine. */
  revoke(id: string): ApiKey {
    this.#mustBeUnlocked()
    const entry = this.#byId.get(id)
    if (entry === undefined || entry.sealed === null)
      throw new AppError('not_found', 'There is no such key.', { hint: 'It may have been removed.' })
    if (entry.clear.revokedAtMs === null) {
      const clear = { ...entry.clear, revokedAtMs: this.#clock.now() }
      this.#records.put(kind, id, { ...entry.sealed, lastUsedAtMs: entry.lastUsedAtMs }, clear)
      this.#used.delete(id)
      entry.clear = clear
      for (const listener of this.#onRevoked) listener(id)
      this.#events.emit('keys')
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
    if (entry === undefined || !timingSafeEqual(Buffer.from(hash), Buffer.from(entry.clear.hash))) {
      return { ok: false, reason: 'unknown', keyId: null }
    }
    if (entry.clear.revokedAtMs !== null) return { ok: false, reason: 'revoked', keyId: entry.id }
    const nowMs = this.#clock.now()
    if (entry.clear.expiresAtMs !== null && nowMs >= entry.clear.expiresAtMs)
      return { ok: false, reason: 'expired', keyId: entry.id }
    entry.lastUsedAtMs = nowMs
    this.#used.set(entry.id, nowMs)
    this.#flushSoon()
    return { ok: true, client: entry.client }
  }

  /** The client that holds this key, or null. */
  authenticate(token: string): Client | null {
    const checked = this.check(token)
    return checked.ok ? checked.client : null
  }

  /** The client of a key by its id; null when the key is gone, revoked or expired. */
  find(id: string): Client | null {
    const entry = this.#byId.get(id)
    if (entry === undefined || entry.clear.revokedAtMs !== null) return null
    const { expiresAtMs } = entry.clear
    return expiresAtMs !== null && this.#clock.now() >= expiresAtMs ? null : entry.client
  }

  /** Told the id of each key that is revoked, at once. */
  onRevoked(listener: (id: string) => void): () => void {
    this.#onRevoked.add(listener)
    return () => this.#onRevoked.delete(listener)
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
    try {
      this.flush()
    } finally {
      for (const unsubscribe of this.#subscriptions) unsubscribe()
    }
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
  }

  #keep(id: string, clear: ClearPart, sealed: SealedPart | null): Entry {
    const { scopes, expiresAtMs } = clear
    const client: Client = { kind: 'key', id, name: sealed?.name ?? '', scopes, expiresAtMs }
    const entry: Entry = { id, clear, sealed, client, lastUsedAtMs: sealed?.lastUsedAtMs ?? null }
    this.#byId.set(id, entry)
    this.#byHash.set(clear.hash, entry)
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
    if (this.#flushTimer !== null) return
    this.#flushTimer = setTimeout(() => this.#tryFlush(), flushEveryMs)
    this.#flushTimer.unref()
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

  #view(entry: Entry): ApiKey {
    const { clear, sealed } = entry
    const expired = clear.expiresAtMs !== null && this.#clock.now() >= clear.expiresAtMs
    return {
      id: entry.id,
      name: sealed?.name ?? '',
      prefix: sealed?.prefix ?? '',
      scopes: clear.scopes,
      state: clear.revokedAtMs !== null ? 'revoked' : expired ? 'expired' : 'active',
      createdAtMs: sealed?.createdAtMs ?? 0,
      expiresAtMs: clear.expiresAtMs,
      lastUsedAtMs: entry.lastUsedAtMs,
      revokedAtMs: clear.revokedAtMs,
    }
  }
}
