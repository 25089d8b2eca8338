import { AppError } from '../../shared/app-error.ts'
import type { Scope } from '../../shared/models/api-key.ts'
import type { SignIn } from '../../shared/models/sign-in.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { type KeyRecords, sha256 } from '../mcp/key-record.ts'
import type { EndedFamily, KeyCheck, TokenUse } from '../mcp/token-verifier.ts'
import { isLive, type Issued, issue, newFamily, pruned } from './family.ts'
import { lockedError, OAuthError } from './oauth-error.ts'
import { SignInBook, type Held } from './sign-in-book.ts'
import { type ClearSignIn, type Family, familyOf, isAccessToken } from './tokens.ts'
import type { LockState } from '../vault/lock-listeners.ts'

/** What an agreed consent opens. */
export type NewSignIn = {
  /** Used when the program has no sign-in yet. */
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly identity: SignIn['identity']
  readonly redirectHost: string
  readonly scopes: ReadonlyArray<Scope>
  readonly resource: string
  readonly endsAtMs: number | null
}

type Options = {
  readonly records: KeyRecords
  readonly vault: LockState
  readonly clock: Clock
  readonly events: ChangeEvents
  /** Read for each new access token. */
  readonly settings: { get(): { readonly accessTokenMinutes: number } }
}

type Found = { readonly held?: Held; readonly family?: Family }

/** Requests of one client that refresh at the same moment all get tokens; a copied token that comes later does not. */
const sameMomentMs = 5_000

/**
 * The programs that signed in, and their tokens: `oc_at_…` and `oc_rt_…`, kept as SHA-256 only. Checking one works while
 * the vault is locked and never writes; issuing needs it open. A program keeps its identity over several sign-ins until it
 * is revoked.
 */
export class SignIns {
  readonly #vault: LockState
  readonly #clock: Clock
  readonly #events: ChangeEvents
  readonly #settings: Options['settings']
  readonly #book: SignInBook
  readonly #onRevoked = new Set<(id: string) => void>()
  readonly #onFamilyEnded = new Set<(ended: EndedFamily) => void>()
  /** Refresh tokens that were used just now, by their hash: until when that is forgiven (monotonic), and the hashes of what they gave. */
  readonly #justUsed = new Map<string, { readonly untilMs: number; readonly gave: ReadonlyArray<string> }>()

  constructor(options: Options) {
    this.#vault = options.vault
    this.#clock = options.clock
    this.#events = options.events
    this.#settings = options.settings
    this.#book = new SignInBook(options)
  }

  /** Newest first. Throws AppError locked. */
  list(): ReadonlyArray<SignIn> {
    this.#mustBeUnlocked()
    return this.#book
      .all()
      .flatMap((held) => this.#view(held) ?? [])
      .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** The live sign-in of a program, to say what it may already. Null while locked. */
  of(clientId: string): SignIn | null {
    return (
      this.#book
        .all()
        .flatMap((held) => this.#view(held) ?? [])
        .find((signIn) => signIn.clientId === clientId && signIn.state === 'active') ?? null
    )
  }

  /** Begins a family of tokens. Throws OAuthError temporarily_unavailable while locked. */
  open(wanted: NewSignIn): { readonly id: string; readonly familyId: string; readonly issued: Issued } {
    if (this.#vault.state !== 'unlocked') throw lockedError()
    const nowMs = this.#clock.now()
    const known = this.of(wanted.clientId)
    const held = this.#book.get(known?.id ?? wanted.id)
    // The person took it back after the answer.
    if (held !== undefined && held.clear.revokedAtMs !== null) throw badGrant('This sign-in was revoked.')
    const { scopes, resource, endsAtMs, name, clientId, identity, redirectHost } = wanted
    const { family, issued } = issue(newFamily({ scopes, resource, endsAtMs, nowMs }), [], this.#terms(scopes))
    const clear: ClearSignIn = {
      families: [...pruned(held?.clear.families ?? [], nowMs), family],
      revokedAtMs: null,
      revokedBecause: null,
    }
    const id = held?.id ?? wanted.id
    const sealed = { name, clientId, identity, redirectHost, createdAtMs: nowMs, lastUsedAtMs: null }
    this.#book.write(id, clear, held?.sealed ?? sealed)
    this.#events.emit('keys')
    return { id, familyId: family.id, issued }
  }

  /**
   * Trades a refresh token for new tokens. One that was used before ends its whole family (RFC 9700, 4.14.2).
   * Throws OAuthError invalid_grant, invalid_scope, invalid_target, temporarily_unavailable.
   */
  refresh(
    token: string,
    use: { clientId: string; resource: string | null; scopes: ReadonlyArray<Scope> | null },
  ): Issued {
    if (this.#vault.state !== 'unlocked') throw lockedError()
    const { held, family } = this.#familyOf(token)
    if (held?.sealed === null || held?.sealed.clientId !== use.clientId || family === undefined) throw badGrant()
    if (held.clear.revokedAtMs !== null || !isLive(family, this.#clock.now())) throw badGrant()
    const hash = sha256(token)
    const beside = this.#siblings(family, hash)
    if (beside === null) {
      this.#endFamily(held, family, 'reuse')
      throw badGrant('This refresh token was used before. All tokens of this sign-in are void; sign in again.')
    }
    if (use.resource !== null && use.resource !== family.resource)
      throw new OAuthError('invalid_target', 'This sign-in is for another address of the server.')
    const scopes = use.scopes ?? family.scopes
    if (scopes.some((scope) => !family.scopes.includes(scope)))
      throw new OAuthError('invalid_scope', 'The person did not allow this scope. Authorize again to ask for it.')
    const next = issue(family, beside, this.#terms(scopes))
    this.#book.write(held.id, replaced(held.clear, next.family), held.sealed)
    this.#noteUse(hash, sha256(next.issued.refreshToken))
    this.#events.emit('keys')
    return next.issued
  }

  /** The sign-in that a token belongs to, the program that holds it, and whether it is not over; null for no token of ours. */
  whose(token: string): { readonly id: string; readonly clientId: string | null; readonly live: boolean } | null {
    const { held, family } = this.#familyOf(token)
    if (held === undefined || family === undefined) return null
    const live = held.clear.revokedAtMs === null && isLive(family, this.#clock.now())
    return { id: held.id, clientId: held.sealed?.clientId ?? null, live }
  }

  /** Ends the family of a token at its holder's wish (RFC 7009). Throws OAuthError temporarily_unavailable. */
  giveBack(token: string): void {
    if (this.#vault.state !== 'unlocked') throw lockedError()
    const { held, family } = this.#familyOf(token)
    if (held !== undefined && family !== undefined && !isOver(held, family)) this.#endFamily(held, family, 'client')
  }

  /** Ends all of a family because its code came back; says whose it was, null when nothing is left to end. */
  endFamily(familyId: string): string | null {
    const { held, family } = this.#find(familyId)
    if (held === undefined || family === undefined || this.#vault.state !== 'unlocked') return null
    if (isOver(held, family)) return null
    this.#endFamily(held, family, 'reuse')
    return held.id
  }

  /** Ends a program's sign-in for good, open calls included. Twice is fine. Throws AppError locked, not_found. */
  revoke(id: string): SignIn {
    this.#mustBeUnlocked()
    const held = this.#book.get(id)
    if (held === undefined || held.sealed === null)
      throw new AppError('not_found', 'There is no such sign-in.', { hint: 'It may have been removed.' })
    if (held.clear.revokedAtMs === null) this.#revoke(held, held.clear, 'person')
    const view = this.#view(this.#book.get(id) ?? held)
    if (view === null) throw new Error('A sign-in without its sealed part')
    return view
  }

  accepts(token: string): boolean {
    return token.startsWith('oc_at_')
  }

  /** Whose access token this is, if it is for the address at which it was presented. */
  check(token: string, { resource }: Pick<TokenUse, 'resource'>): KeyCheck {
    const found = isAccessToken(token) ? this.#book.byAccess(sha256(token)) : undefined
    if (found === undefined || found.family.resource !== resource) return { ok: false, reason: 'unknown', keyId: null }
    const { held, family, access } = found
    const nowMs = this.#clock.now()
    const no = (reason: 'expired' | 'revoked'): KeyCheck => ({ ok: false, reason, keyId: held.id, routine: true })
    if (held.clear.revokedAtMs !== null || family.ended) return no('revoked')
    if (nowMs >= access.expiresAtMs || !isLive(family, nowMs)) return no('expired')
    this.#book.used(held, nowMs)
    // A call that is under way outlives its access token, as the standard has it, but not the consent.
    const expiresAtMs = family.endsAtMs
    const client = { kind: 'oauth', id: held.id, name: held.sealed?.name ?? '', familyId: family.id } as const
    return { ok: true, client: { ...client, scopes: access.scopes, expiresAtMs } }
  }

  /** Told the id of each sign-in that ended, at once. */
  onRevoked(listener: (id: string) => void): () => void {
    this.#onRevoked.add(listener)
    return () => this.#onRevoked.delete(listener)
  }

  /** Told each family that ended while another one of the same sign-in lives on, at once. */
  onFamilyEnded(listener: (ended: EndedFamily) => void): () => void {
    this.#onFamilyEnded.add(listener)
    return () => this.#onFamilyEnded.delete(listener)
  }

  /** Writes what is left and stops listening. */
  dispose(): void {
    this.#book.dispose()
  }

  #terms(scopes: ReadonlyArray<Scope>) {
    return { scopes, accessMinutes: this.#settings.get().accessTokenMinutes, nowMs: this.#clock.now() }
  }

  /** Refresh tokens that stay good beside the new one; null when the presented one was used before. */
  #siblings(family: Family, hash: string): ReadonlyArray<string> | null {
    if (family.refreshHashes.includes(hash)) return family.refreshHashes.filter((other) => other !== hash)
    return this.#clock.monotonicMs() < (this.#justUsed.get(hash)?.untilMs ?? 0) ? family.refreshHashes : null
  }

  /** The moment begins with the first use, and is over when a token that came of it is used. */
  #noteUse(hash: string, given: string): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [used, { untilMs, gave }] of this.#justUsed)
      if (nowMs >= untilMs || gave.includes(hash)) this.#justUsed.delete(used)
    const { untilMs = nowMs + sameMomentMs, gave = [] } = this.#justUsed.get(hash) ?? {}
    this.#justUsed.set(hash, { untilMs, gave: [...gave, given] })
  }

  #familyOf(token: string): Found {
    const access = isAccessToken(token) ? this.#book.byAccess(sha256(token)) : undefined
    if (access !== undefined) return access
    const familyId = familyOf(token)
    return familyId === null ? {} : this.#find(familyId)
  }

  #find(familyId: string): Found {
    for (const held of this.#book.all()) {
      const family = held.clear.families.find(({ id }) => id === familyId)
      if (family !== undefined) return { held, family }
    }
    return {}
  }

  #endFamily(held: Held, family: Family, because: 'client' | 'reuse'): void {
    const clear = replaced(held.clear, { ...family, ended: true })
    if (clear.families.some((other) => isLive(other, this.#clock.now()))) {
      this.#book.write(held.id, clear, held.sealed)
      const ended = { clientId: held.id, familyId: family.id, stolen: because === 'reuse' }
      for (const listener of this.#onFamilyEnded) listener(ended)
      this.#events.emit('keys')
    } else this.#revoke(held, clear, because)
  }

  #revoke(held: Held, clear: ClearSignIn, because: SignIn['revokedBecause']): void {
    this.#book.write(held.id, { ...clear, revokedAtMs: this.#clock.now(), revokedBecause: because }, held.sealed)
    for (const listener of this.#onRevoked) listener(held.id)
    this.#events.emit('keys')
  }

  #mustBeUnlocked(): void {
    if (this.#vault.state !== 'unlocked')
      throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock it first.' })
  }

  #view({ id, clear, sealed, lastUsedAtMs }: Held): SignIn | null {
    if (sealed === null) return null
    const live = clear.families.filter((family) => isLive(family, this.#clock.now()))
    const { name, clientId, identity, redirectHost, createdAtMs } = sealed
    const shown = live.length > 0 ? live : clear.families
    const ends = shown.map((family) => family.endsAtMs ?? Number.POSITIVE_INFINITY)
    const lastEndMs = Math.max(...ends)
    return {
      id,
      name,
      clientId,
      identity,
      redirectHost,
      scopes: [...new Set(shown.flatMap((family) => family.scopes))],
      state: clear.revokedAtMs !== null ? 'revoked' : live.length > 0 ? 'active' : 'expired',
      createdAtMs,
      lastUsedAtMs,
      endsAtMs: Number.isFinite(lastEndMs) ? lastEndMs : null,
      revokedAtMs: clear.revokedAtMs,
      revokedBecause: clear.revokedBecause,
    }
  }
}

function isOver({ clear }: Held, family: Family): boolean {
  return clear.revokedAtMs !== null || family.ended
}

function replaced(clear: ClearSignIn, family: Family): ClearSignIn {
  return { ...clear, families: clear.families.map((other) => (other.id === family.id ? family : other)) }
}

function badGrant(description = 'This token is not known or not good any more.'): OAuthError {
  return new OAuthError('invalid_grant', description)
}
