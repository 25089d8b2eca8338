import type { AuditFacts, AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'

/** So long the same refusals are one entry. */
const gatherMs = 60_000
/** Different refusals that are gathered at once; past it each is written by itself. */
const maxGathered = 1000

type Gathered = { readonly facts: AuditFacts; readonly untilMs: number; repeats: number }

/**
 * Writes down who was turned away from the locked vault. Attack on the next unlock, mostly by accident: a program that asks
 * a locked vault ten times a second for a night would leave half a million entries to be checked and signed. The first of
 * its kind is written at once; what repeats it within a minute is one entry with their number.
 */
export class LockedRefusals {
  readonly #audit: Pick<AuditLog, 'event'>
  readonly #clock: Clock
  readonly #gathered = new Map<string, Gathered>()
  #timer: NodeJS.Timeout | null = null

  constructor(parts: { audit: Pick<AuditLog, 'event'>; clock: Clock }) {
    this.#audit = parts.audit
    this.#clock = parts.clock
  }

  /** Resolves when the refusal is in the log or counted. Throws AppError audit_failed. */
  async add(facts: AuditFacts): Promise<void> {
    const key = JSON.stringify([facts.kind, facts.asker.kind, facts.asker.id, facts.tool, facts.host, facts.method])
    const known = this.#gathered.get(key)
    const nowMs = this.#clock.monotonicMs()
    if (known !== undefined && nowMs < known.untilMs) {
      known.repeats += 1
      return
    }
    if (known !== undefined) this.#write(known)
    if (known !== undefined || this.#gathered.size < maxGathered)
      this.#gathered.set(key, { facts, untilMs: nowMs + gatherMs, repeats: 0 })
    this.#timer ??= setTimeout(() => this.#sweep(), gatherMs).unref()
    try {
      await this.#audit.event(facts)
    } catch (error) {
      // What was not written stands for nothing: the next one is written, or fails, by itself.
      this.#gathered.delete(key)
      throw error
    }
  }

  /** Writes what was counted; to be called before the log closes. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const gathered of this.#gathered.values()) this.#write(gathered)
    this.#gathered.clear()
  }

  #sweep(): void {
    this.#timer = null
    const nowMs = this.#clock.monotonicMs()
    for (const [key, gathered] of this.#gathered) {
      if (nowMs < gathered.untilMs) continue
      this.#write(gathered)
      this.#gathered.delete(key)
    }
    if (this.#gathered.size > 0) this.#timer = setTimeout(() => this.#sweep(), gatherMs).unref()
  }

  #write({ facts, repeats }: Gathered): void {
    if (repeats === 0) return
    // Nothing ran, so nothing is owed to the log; its own problem is shown in the window.
    void this.#audit.event({ ...facts, repeats }).catch(() => undefined)
  }
}
