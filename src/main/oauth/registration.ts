import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Scope, scopes } from '../../shared/models/api-key.ts'
import type { Clock } from '../clock.ts'
import type { KeyRecords } from '../mcp/key-record.ts'
import { presentMembers } from '../present-members.ts'
import { OAuthError } from './oauth-error.ts'
import { readRedirectUri } from './redirect-uri.ts'
import type { LockState } from '../vault/lock-listeners.ts'

const kind = 'oauth-client'
const idPrefix = 'oc_cl_'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** As long as a program may rest, and longer than its sign-in: a program keeps its client id until it is told otherwise. */
const keepMs = 90 * dayMs
/** One that a person is or was just asked about is not dropped for others; longer than any question lives. */
const askedMs = 2 * hourMs
const perSourceEachHour = 20
const maxRegistrations = 200
const maxRedirectUris = 10
const maxNameChars = 100

/** A program that registered itself (RFC 7591): a public client, its name its own words. */
export const Registration = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  createdAtMs: z.number(),
  /** When a person last let it sign in. */
  consentedAtMs: z.number().nullable(),
  /** When it last renewed its tokens, to the day. */
  usedAtMs: z.number().nullable().default(null),
})
export type Registration = z.infer<typeof Registration>

/** Parts that are not here (logo, policy, keys, software statement) are neither kept nor fetched. */
const Metadata = z.object({
  redirect_uris: z.array(z.string()).min(1).max(maxRedirectUris),
  client_name: z.string().max(1000).optional(),
  grant_types: z.array(z.string()).max(10).optional(),
  response_types: z.array(z.string()).max(10).optional(),
  scope: z.string().max(1000).optional(),
})

/**
 * Programs that registered themselves, at most 200 and 20 an hour from one source. Sealed in the vault; one that comes
 * while it is locked waits in memory and is written at the next unlock.
 */
export class Registrations {
  readonly #records: KeyRecords
  readonly #vault: LockState
  readonly #clock: Clock
  readonly #known = new Map<string, Registration>()
  readonly #unwritten = new Set<string>()
  readonly #recent = new Map<string, number[]>()
  /** When a person was last asked about each, on the monotonic clock. */
  readonly #asked = new Map<string, number>()

  constructor(options: { records: KeyRecords; vault: LockState; clock: Clock }) {
    this.#records = options.records
    this.#vault = options.vault
    this.#clock = options.clock
    this.#load()
    options.vault.onUnlock(() => this.#load())
    options.vault.onLock(() => this.#known.clear())
  }

  find(clientId: string): Registration | undefined {
    this.#dropOld()
    return this.#known.get(clientId)
  }

  /** Takes a program in. Throws OAuthError invalid_client_metadata, invalid_redirect_uri, temporarily_unavailable (429). */
  register(metadata: unknown, source: string): Registration {
    const read = readMetadata(metadata)
    this.#count(source)
    this.#dropOld()
    const registration: Registration = {
      clientId: `${idPrefix}${randomBytes(16).toString('hex')}`,
      ...read,
      createdAtMs: this.#clock.now(),
      consentedAtMs: null,
      usedAtMs: null,
    }
    if (this.#known.size >= maxRegistrations) this.#makeRoom()
    this.#write(registration)
    return registration
  }

  /** Keeps a registration that a person let sign in. */
  consented(clientId: string): void {
    const known = this.#known.get(clientId)
    if (known !== undefined) this.#write({ ...known, consentedAtMs: this.#clock.now() })
  }

  wasLetIn(clientId: string): boolean {
    return this.find(clientId)?.consentedAtMs != null
  }

  /** Notes that a person is asked about it. */
  asked(clientId: string): void {
    if (this.#known.has(clientId)) this.#asked.set(clientId, this.#clock.monotonicMs())
  }

  /** Notes a renewal of its tokens; written once a day. */
  used(clientId: string): void {
    const known = this.#known.get(clientId)
    const nowMs = this.#clock.now()
    if (known === undefined || nowMs - lastUse(known) < dayMs) return
    try {
      this.#write({ ...known, usedAtMs: nowMs })
    } catch {
      // The tokens are issued: a full disk is no reason to keep them back, and the next renewal tries again.
    }
  }

  /** Whether an id is one that was given out here and is not known any more. */
  isGone(clientId: string): boolean {
    return clientId.startsWith(idPrefix) && this.find(clientId) === undefined
  }

  #count(source: string): void {
    const nowMs = this.#clock.monotonicMs()
    const recent = (this.#recent.get(source) ?? []).filter((atMs) => nowMs - atMs < hourMs)
    const [oldest] = recent
    if (recent.length >= perSourceEachHour && oldest !== undefined) {
      throw new OAuthError('temporarily_unavailable', 'Too many programs registered in the last hour.', {
        status: 429,
        retryAfterS: Math.ceil((oldest + hourMs - nowMs) / 1000),
      })
    }
    this.#recent.delete(source)
    if (this.#recent.size >= maxRegistrations) this.#recent.delete(this.#recent.keys().next().value ?? '')
    this.#recent.set(source, [...recent, nowMs])
  }

  /** Of those that nobody let in, one that nobody was asked about goes first; a flood pushes out none that waits or is in use. */
  #makeRoom(): void {
    const nowMs = this.#clock.monotonicMs()
    const askedAtMs = ({ clientId }: Registration): number => this.#asked.get(clientId) ?? Number.NEGATIVE_INFINITY
    const first = [...this.#known.values()]
      .filter((known) => known.consentedAtMs === null && nowMs - askedAtMs(known) >= askedMs)
      .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
      .toSorted((a, b) => Number(this.#asked.has(a.clientId)) - Number(this.#asked.has(b.clientId)))[0]
    if (first === undefined)
      throw new OAuthError('temporarily_unavailable', 'Too many programs are registered.', { status: 503 })
    this.#remove([first.clientId])
  }

  #dropOld(): void {
    const nowMs = this.#clock.now()
    const old = [...this.#known.values()].filter((known) => nowMs - lastUse(known) >= keepMs)
    if (old.length > 0) this.#remove(old.map(({ clientId }) => clientId))
  }

  #remove(clientIds: ReadonlyArray<string>): void {
    if (this.#vault.state === 'unlocked') this.#records.putAll(clientIds.map((id) => ({ kind, id, value: undefined })))
    for (const id of clientIds) {
      this.#known.delete(id)
      this.#unwritten.delete(id)
      this.#asked.delete(id)
    }
  }

  #write(registration: Registration): void {
    if (this.#vault.state === 'unlocked') this.#records.put(kind, registration.clientId, registration)
    else this.#unwritten.add(registration.clientId)
    this.#known.set(registration.clientId, registration)
  }

  #load(): void {
    if (this.#vault.state !== 'unlocked') return
    const waiting = [...this.#unwritten].flatMap((id) => this.#known.get(id) ?? [])
    this.#unwritten.clear()
    this.#known.clear()
    for (const { value } of this.#records.list(kind)) {
      const parsed = Registration.safeParse(value)
      if (parsed.success) this.#known.set(parsed.data.clientId, parsed.data)
    }
    for (const registration of waiting) this.#write(registration)
  }
}

/** The answer to a registration (RFC 7591, 3.2.1): what was taken over, whatever was asked for. */
export function registrationAnswer(registration: Registration, wanted: ReadonlyArray<Scope> = scopes) {
  return {
    client_id: registration.clientId,
    client_id_issued_at: Math.floor(registration.createdAtMs / 1000),
    client_name: registration.name,
    redirect_uris: registration.redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: wanted.join(' '),
  }
}

/** The name as it is kept: never longer than what a prompt shows, never empty. */
export function nameOf(name: string | undefined): string {
  const kept = (name ?? '').trim().slice(0, maxNameChars).toWellFormed()
  return kept === '' ? 'A program without a name' : kept
}

function lastUse({ createdAtMs, consentedAtMs, usedAtMs }: Registration): number {
  return Math.max(createdAtMs, consentedAtMs ?? 0, usedAtMs ?? 0)
}

function readMetadata(metadata: unknown): Pick<Registration, 'name' | 'redirectUris'> {
  const parsed = Metadata.safeParse(presentMembers(metadata))
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path[0]
    throw where === 'redirect_uris'
      ? new OAuthError('invalid_redirect_uri', 'redirect_uris is a list of 1 to 10 addresses.')
      : new OAuthError('invalid_client_metadata', 'The metadata does not have the form of RFC 7591.')
  }
  const { redirect_uris: redirectUris, client_name: name, grant_types: grants, response_types: types } = parsed.data
  for (const uri of redirectUris) {
    const read = readRedirectUri(uri)
    if ('problem' in read) throw new OAuthError('invalid_redirect_uri', read.problem)
  }
  if (grants?.includes('authorization_code') === false || types?.includes('code') === false)
    throw new OAuthError('invalid_client_metadata', 'Only the authorization code flow is served.')
  return { name: nameOf(name), redirectUris }
}
