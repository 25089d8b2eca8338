import { z } from 'zod'
import { canonicalJson } from '../canonical-json.ts'
import type { Session, VaultAccess } from './access.ts'
import type { Keys } from './keys.ts'
import { recordLine, recordRowId } from './manifest-lines.ts'
import { RecordRow } from './schema.ts'
import { open, seal, type SealBinding } from './seal.ts'

/** A value to keep; `value` undefined removes it. `clear` can be read while locked: put nothing secret there. */
export type RecordChange = {
  readonly kind: string
  readonly id: string
  readonly value: unknown
  readonly clear?: Record<string, unknown> | undefined
}

const ClearPart = z.record(z.string(), z.unknown())
const kindPattern = /^[a-z][a-z0-9._-]{0,63}$/
const longestId = 200

/**
 * Sealed state of other parts of the core (API keys, approvals, grants, assistants, policy): JSON values by kind and
 * id. A change is durable when the call returns. Opened values are held in memory while unlocked; every read gives a
 * new copy, so changing it changes nothing here. All but `listClear` throw AppError locked while locked.
 */
export class Records {
  readonly #access: VaultAccess
  /** JSON texts by kind, then id. */
  readonly #opened = new Map<string, Map<string, string>>()

  constructor(access: VaultAccess) {
    this.#access = access
  }

  put(kind: string, id: string, value: unknown, clear?: Record<string, unknown>): void {
    this.putAll([{ kind, id, value, clear }])
  }

  remove(kind: string, id: string): void {
    this.putAll([{ kind, id, value: undefined }])
  }

  /** All in one transaction, in order. */
  putAll(rows: ReadonlyArray<RecordChange>): void {
    const changes = rows.map((row) => ({
      ...checkName(row),
      json: row.value === undefined ? undefined : JSON.stringify(row.value),
    }))
    for (const { kind } of changes) this.#kind(kind)
    this.#access.write((change, session) => {
      for (const { kind, id, json, clear } of changes) {
        if (json === undefined) {
          this.#access.database.prepare('DELETE FROM records WHERE kind = ? AND id = ?').run(kind, id)
          change.remove('records', recordRowId(kind, id))
        } else {
          const before =
            change.set.get(`records ${recordRowId(kind, id)}`)?.revision ??
            session.manifest.revisionOf('records', recordRowId(kind, id))
          const row = sealRecord(session, kind, id, before + 1, clear === undefined ? null : canonicalJson(clear), json)
          this.#store(row)
          change.put(recordLine(row))
        }
      }
    })
    for (const { kind, id, json } of changes) {
      const opened = this.#kind(kind)
      if (json === undefined) opened.delete(id)
      else opened.set(id, json)
    }
  }

  get(kind: string, id: string): unknown {
    const json = this.#kind(kind).get(id)
    return json === undefined ? undefined : JSON.parse(json)
  }

  /** In no order that may be relied on. */
  list(kind: string): ReadonlyArray<{ id: string; value: unknown }> {
    return [...this.#kind(kind)].map(([id, json]) => ({ id, value: JSON.parse(json) as unknown }))
  }

  /**
   * The clear parts; works while locked, and is then not verified: the file may have been changed. While unlocked only
   * rows that the manifest vouches for are listed.
   */
  listClear(kind: string): ReadonlyArray<{ id: string; clear: Record<string, unknown> }> {
    return this.#rows(kind).flatMap((row) => {
      if (row.clear === null) return []
      if (this.#access.session !== null && !this.#access.session.manifest.vouchesFor(recordLine(row))) return []
      const clear = ClearPart.safeParse(parseJson(row.clear))
      return clear.success ? [{ id: row.id, clear: clear.data }] : []
    })
  }

  /** Drops everything held in memory. */
  clear(): void {
    this.#opened.clear()
  }

  #kind(kind: string): Map<string, string> {
    const session = this.#access.unlocked()
    const known = this.#opened.get(kind)
    if (known !== undefined) return known
    const opened = new Map<string, string>()
    for (const row of this.#rows(kind)) {
      if (!session.manifest.vouchesFor(recordLine(row))) continue
      try {
        opened.set(row.id, openRecord(session, row))
      } catch {
        session.problems.push({
          table: 'records',
          id: recordRowId(kind, row.id),
          message: 'The entry does not open. It is not used.',
        })
      }
    }
    this.#opened.set(kind, opened)
    return opened
  }

  #rows(kind: string): ReadonlyArray<RecordRow> {
    return this.#access.read((database) =>
      database
        .prepare('SELECT * FROM records WHERE kind = ?')
        .all(kind)
        .flatMap((row) => RecordRow.safeParse(row).data ?? []),
    )
  }

  #store(row: RecordRow): void {
    this.#access.database
      .prepare(
        `INSERT OR REPLACE INTO records (kind, id, revision, epoch, clear, sealed)
         VALUES (@kind, @id, @revision, @epoch, @clear, @sealed)`,
      )
      .run(row)
  }
}

/** The same row sealed for another epoch. Throws when it does not open. */
export function resealRecord(row: RecordRow, session: Session, next: Keys): RecordRow {
  const { kind, id, revision, clear } = row
  return sealRecord({ vaultId: session.vaultId, keys: next }, kind, id, revision, clear, openRecord(session, row))
}

function sealRecord(
  session: Pick<Session, 'keys' | 'vaultId'>,
  kind: string,
  id: string,
  revision: number,
  clear: string | null,
  json: string,
): RecordRow {
  const { keys, vaultId } = session
  const plain = Buffer.from(json, 'utf8')
  try {
    const sealed = seal(keys.record, binding(vaultId, kind, id, revision, keys.epoch, clear), plain)
    return { kind, id, revision, epoch: keys.epoch, clear, sealed }
  } finally {
    plain.fill(0)
  }
}

/** The text of a row. Throws when it does not open. */
export function openRecord({ keys, vaultId }: Pick<Session, 'keys' | 'vaultId'>, row: RecordRow): string {
  const plain = open(keys.record, binding(vaultId, row.kind, row.id, row.revision, row.epoch, row.clear), row.sealed)
  try {
    return plain.toString('utf8')
  } finally {
    plain.fill(0)
  }
}

function binding(
  vaultId: string,
  kind: string,
  id: string,
  revision: number,
  epoch: number,
  clear: string | null,
): SealBinding {
  return { vaultId, purpose: 'record', id, revision, epoch, extra: [kind, clear] }
}

function checkName(row: RecordChange): RecordChange {
  if (!kindPattern.test(row.kind)) throw new TypeError('A kind of record has letters, digits, dots and dashes')
  if (row.id.length === 0 || row.id.length > longestId || !row.id.isWellFormed())
    throw new TypeError('A record id has 1 to 200 characters')
  return row
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
