import type { Clock } from '../clock.ts'
import { sourceOf } from './forwarded.ts'

/** Every number that bounds the MCP door; each stands once, here. */
export type Limits = {
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
  /** Steady calls per second of one client. */
  readonly perSecond: number
  /** Calls at once after a rest; a real client sends up to 15 requests to connect. */
  readonly burst: number
  /** Steady requests per second of one source to each route that needs no token. */
  readonly openPerSecond: number
  readonly openBurst: number
  /** Largest body without a token: a registration, a request for tokens. */
  readonly maxOpenBodyBytes: number
  /** Open requests of one client. */
  readonly concurrent: number
  /** Open streams of one client that carry news, not an answer. */
  readonly streams: number
  readonly sessionsPerClient: number
  readonly sessions: number
  /** A session, or a program without one, is forgotten after so long without a request. */
  readonly sessionIdleMs: number
  /** A client of the session era may come back for an answer within this when its connection broke. */
  readonly resumeWithinMs: number
  /** An answer of 2026-07-28 that takes longer becomes a stream with a sign of life this often. */
  readonly keepAliveMs: number
  /** A call that waits for the person longer than this tells a client that can ask its user to look at the window. */
  readonly stepAsideAfterMs: number
  /** The same when it comes again: with ten rounds, as many as clients make, it outlasts a question. */
  readonly stepAsideAgainAfterMs: number
  /** Steady requests per second of one source that show no good key: probes, metadata, health, refusals. */
  readonly sourcePerSecond: number
  readonly sourceBurst: number
  /** Refusals that one source or client gets at once; further ones are held for `heldMs`, `maxHeld` of them in all. */
  readonly refusalsPerSecond: number
  readonly refusalBurst: number
  readonly heldMs: number
  readonly maxHeld: number
  readonly badCredentials: number
  readonly badCredentialsWindowMs: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** Without a byte read by a client that is owed an answer, the connection ends. */
  readonly stalledTimeoutMs: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  /** From one address; loopback and trusted proxies are bounded by `maxConnections` alone. */
  readonly maxConnectionsPerSource: number
}

export const defaultLimits: Limits = {
  maxBodyBytes: 1024 * 1024,
  bodyTimeoutMs: 10_000,
  perSecond: 10,
  burst: 20,
  openPerSecond: 20,
  openBurst: 60,
  maxOpenBodyBytes: 16 * 1024,
  concurrent: 16,
  streams: 16,
  sessionsPerClient: 16,
  sessions: 128,
  sessionIdleMs: 30 * 60_000,
  resumeWithinMs: 20_000,
  keepAliveMs: 15_000,
  stepAsideAfterMs: 15_000,
  stepAsideAgainAfterMs: 45_000,
  sourcePerSecond: 50,
  sourceBurst: 200,
  refusalsPerSecond: 5,
  refusalBurst: 20,
  heldMs: 1000,
  maxHeld: 256,
  badCredentials: 5,
  badCredentialsWindowMs: 15 * 60_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 65_000,
  stalledTimeoutMs: 60_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 1024,
  maxConnectionsPerSource: 64,
}

const maxTracked = 1024

/** One token bucket per client: `burst` calls at once, `perSecond` over time. */
export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(clock: Clock, limits: Pick<Limits, 'perSecond' | 'burst'>) {
    this.#clock = clock
    this.#perSecond = limits.perSecond
    this.#burst = limits.burst
  }

  /** Takes one token; else says in how many milliseconds there will be one. */
  take(id: string): { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number } {
    const nowMs = this.#clock.monotonicMs()
    const bucket = this.#buckets.get(id)
    const tokens =
      bucket === undefined
        ? this.#burst
        : Math.min(this.#burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.#perSecond)
    const left = tokens >= 1 ? tokens - 1 : tokens
    if (bucket === undefined) {
      makeRoom(this.#buckets)
      this.#buckets.set(id, { tokens: left, atMs: nowMs })
    } else {
      bucket.tokens = left
      bucket.atMs = nowMs
    }
    if (tokens >= 1) return { ok: true }
    return { ok: false, retryAfterMs: Math.ceil(((1 - tokens) / this.#perSecond) * 1000) }
  }
}

/**
 * Wrong keys per source. It only ever refuses wrong keys: a client with a good key on the same address passes while a
 * hostile program beside it is blocked.
 */
export class BadCredentials {
  readonly #clock: Clock
  readonly #most: number
  readonly #windowMs: number
  readonly #sources = new Map<string, { count: number; sinceMs: number }>()

  constructor(clock: Clock, limits: Pick<Limits, 'badCredentials' | 'badCredentialsWindowMs'>) {
    this.#clock = clock
    this.#most = limits.badCredentials
    this.#windowMs = limits.badCredentialsWindowMs
  }

  /** Counts one wrong key. `report` is true for the first of a window and the one that blocks: those two are audited. */
  add(address: string): { readonly blockedForMs: number; readonly report: boolean } {
    const source = sourceOf(address)
    const nowMs = this.#clock.monotonicMs()
    let seen = this.#sources.get(source)
    if (seen === undefined || nowMs - seen.sinceMs >= this.#windowMs) {
      this.#sources.delete(source)
      makeRoom(this.#sources)
      seen = { count: 0, sinceMs: nowMs }
      this.#sources.set(source, seen)
    }
    seen.count++
    const blockedForMs = seen.count > this.#most ? Math.ceil(seen.sinceMs + this.#windowMs - nowMs) : 0
    return { blockedForMs, report: seen.count === 1 || seen.count === this.#most + 1 }
  }
}

function makeRoom(map: Map<string, unknown>): void {
  if (map.size < maxTracked) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}
