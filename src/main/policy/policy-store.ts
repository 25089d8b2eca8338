import { createHash } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { NewPolicy, Policy } from '../../shared/models/policy.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { ChangeEvents } from '../change-events.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { defaultPolicy, mostCountedUses } from './policy.ts'

type Current = { readonly policy: Policy; readonly version: string }

/**
 * The policy in force, kept as a sealed record of the vault; until one is set it is `defaultPolicy`.
 * How often a rule was used is counted in memory only, so a restart of the core begins to count anew.
 */
export class PolicyStore {
  readonly #records: Pick<Records, 'get' | 'put'>
  readonly #events: ChangeEvents
  readonly #clock: Clock
  readonly #usedAtMs = new Map<string, number[]>()
  #current: Current | null = null

  /** Give `vault` so that the opened policy is dropped at lock. */
  constructor(parts: {
    records: Pick<Records, 'get' | 'put'>
    events: ChangeEvents
    vault?: Pick<Vault, 'onLock'>
    clock?: Clock
  }) {
    this.#records = parts.records
    this.#events = parts.events
    this.#clock = parts.clock ?? systemClock
    parts.vault?.onLock(() => {
      this.#current = null
    })
  }

  /** Throws AppError locked while the vault is, and damaged when the stored policy cannot be read: nothing is allowed then. */
  get(): Policy {
    return this.#open().policy
  }

  /** SHA-256 (hex) of the policy's canonical form; an answer to a question counts only for the version it was asked under. */
  version(): string {
    return this.#open().version
  }

  /** Durable when it returns. Throws a ZodError for what `NewPolicy` refuses. */
  set(policy: Policy): void {
    const next = withVersion(NewPolicy.parse(policy))
    this.#records.put('policy', 'current', next.policy)
    this.#current = next
    this.#events.emit('policy')
  }

  /** Counts one use of a rule that has a limit. Of a policy stored before, several may have its id: all count for each. */
  recordUse(ruleId: string): void {
    if (!this.#open().policy.rules.some(({ id, limit }) => id === ruleId && limit !== undefined)) return
    const uses = this.#usedAtMs.get(ruleId) ?? []
    uses.push(this.#clock.monotonicMs())
    if (uses.length > mostCountedUses) uses.shift()
    this.#usedAtMs.set(ruleId, uses)
  }

  /** How often the rule was used in the last `perMs` milliseconds, counted up to 10,000. */
  usage(ruleId: string, perMs: number): number {
    const sinceMs = this.#clock.monotonicMs() - perMs
    return (this.#usedAtMs.get(ruleId) ?? []).filter((atMs) => atMs > sinceMs).length
  }

  #open(): Current {
    if (this.#current !== null) return this.#current
    const stored = this.#records.get('policy', 'current')
    if (stored === undefined) return (this.#current = withVersion(defaultPolicy))
    const parsed = Policy.safeParse(stored)
    if (parsed.success) return (this.#current = withVersion(parsed.data))
    throw new AppError('damaged', 'The policy in the vault cannot be read, so nothing is allowed.', {
      hint: 'Set the policy again in Settings, or with: clawkeep policy set --file FILE',
    })
  }
}

function withVersion(policy: Policy): Current {
  return { policy, version: createHash('sha256').update(canonicalJson(policy)).digest('hex') }
}
