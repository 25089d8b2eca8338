import { basename } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import { type HealthResult, type HealthView, unusedAfterDays } from '../../shared/models/health.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { throttled } from '../throttled.ts'
import type { Course } from '../vault/paced.ts'
import type { Vault } from '../vault/vault.ts'
import { BreachList } from './breach-list.ts'
import { findingsOf } from './findings.ts'
import { judgeSecrets } from './judge-secrets.ts'
import { usedSince } from './last-use.ts'
import { StrengthApart } from './strength-apart.ts'

const announceEveryMs = 200
const dayMs = 24 * 60 * 60_000

type Step = NonNullable<HealthView['running']>['step']
type Running = { readonly stop: AbortController; step: Step; done: number; total: number }
type Parts = {
  readonly vault: Pick<Vault, 'items' | 'onLock'>
  readonly audit: Pick<AuditLog, 'around' | 'list'>
  readonly clock: Clock
  readonly events: ChangeEvents
}

/**
 * Looks after the secrets: weak, used twice, old, unused, expiring, breached. Everything happens here, offline; what comes out is which
 * items, never what is in them. The result is held until the vault is locked.
 */
export class Health {
  readonly #parts: Parts
  readonly #announce: () => void
  #running: Running | null = null
  #result: HealthResult | null = null
  #listPath: string | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#announce = throttled(() => parts.events.emit('health'), announceEveryMs)
    parts.vault.onLock(() => {
      this.#running?.stop.abort(
        new AppError('locked', 'The vault was locked during the check.', { hint: 'Unlock it.' }),
      )
      this.#result = null
      this.#listPath = null
    })
  }

  view(): HealthView {
    const running = this.#running
    return {
      running: running === null ? null : { step: running.step, done: running.done, total: running.total },
      result: this.#result,
      listName: this.#listPath === null ? null : basename(this.#listPath),
    }
  }

  /** Keeps the list that the person chose in the window, until a lock. */
  keepList(path: string): void {
    this.#listPath = path
    this.#parts.events.emit('health')
  }

  get chosenList(): string | null {
    return this.#listPath
  }

  cancel(): void {
    this.#running?.stop.abort()
  }

  /**
   * Checks every item; with a file of hashes also whether its secret stands in it. Throws AppError in_use, cancelled, locked,
   * audit_failed, and what opening such a list throws.
   */
  async check(asker: Asker, listPath: string | null): Promise<HealthResult> {
    if (this.#running !== null)
      throw new AppError('in_use', 'The secrets are being checked already.', {
        hint: 'Wait for its end, or cancel it.',
      })
    const running: Running = { stop: new AbortController(), step: 'list', done: 0, total: 0 }
    this.#running = running
    try {
      this.#announce()
      return (this.#result = await this.#parts.audit.around({ kind: 'vault.health', asker }, () =>
        this.#work(running, listPath),
      ))
    } finally {
      this.#running = null
      this.#parts.events.emit('health')
    }
  }

  async #work(running: Running, listPath: string | null): Promise<HealthResult> {
    const { vault, audit, clock } = this.#parts
    const course = (step: Step): Course => {
      Object.assign(running, { step, done: 0, total: 0 })
      return {
        signal: running.stop.signal,
        onProgress: (done, total) => {
          Object.assign(running, { done, total })
          this.#announce()
        },
      }
    }
    const strength = new StrengthApart()
    let list: BreachList | null = null
    try {
      // First what may be wrong with the list: no secret is opened for nothing.
      list = listPath === null ? null : await BreachList.open(listPath)
      const hashOf = list === null ? null : list.hashOf.bind(list)
      const judged = await judgeSecrets(vault.items, { strength, hashOf }, course('secrets'))
      await strength.close()
      const hashes = judged.flatMap(({ hash }) => hash ?? [])
      const breaches = (await list?.find(hashes, course('breaches'))) ?? new Map<string, number>()
      const nowMs = clock.now()
      const use = await usedSince(audit, nowMs - unusedAfterDays * dayMs, course('use'))
      return {
        atMs: nowMs,
        items: judged.length,
        found: [...findingsOf(judged, { breaches, use, nowMs })],
        breachList: list === null ? null : { fileName: list.fileName, hash: list.hash },
        useKnown: use.isKnown,
      }
    } finally {
      await strength.close()
      await list?.close()
    }
  }
}
