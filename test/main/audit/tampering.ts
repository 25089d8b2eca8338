import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { AuditStore, type EntryRow } from '../../../src/main/audit/audit-store.ts'
import { leafHash } from '../../../src/main/audit/chain.ts'
import { canonicalJson } from '../../../src/main/canonical-json.ts'

export type Tampering = <T>(use: (db: SqliteDatabase.Database, store: AuditStore) => T) => T

/**
 * The log as an attacker has it, in memory: what is done to it is undone after each use. The file may be open elsewhere.
 * The triggers are gone: whoever can write the file can drop them.
 */
export function tamperingWith(file: string): Tampering {
  const db = inMemory(file)
  const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[]
  for (const name of triggers) db.exec(`DROP TRIGGER ${name}`)
  db.pragma('foreign_keys = OFF')
  const store = new AuditStore(db)
  return (use) => {
    db.exec('BEGIN')
    try {
      return use(db, store)
    } finally {
      db.exec('ROLLBACK')
    }
  }
}

/** A copy of the log for a change that no transaction can hold, such as one of the schema. */
export function copyWith(file: string, change: (db: SqliteDatabase.Database) => void): AuditStore {
  const db = inMemory(file)
  db.unsafeMode(true)
  change(db)
  return new AuditStore(db)
}

function inMemory(file: string): SqliteDatabase.Database {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-tamper-'))
  const copy = join(folder, 'audit.db')
  for (const part of ['', '-wal']) if (existsSync(`${file}${part}`)) copyFileSync(`${file}${part}`, `${copy}${part}`)
  const found = new SqliteDatabase(copy)
  found.pragma('journal_mode = DELETE')
  const db = new SqliteDatabase(found.serialize())
  found.close()
  rmSync(folder, { recursive: true })
  return db
}

export function rowsOf(db: SqliteDatabase.Database): EntryRow[] {
  return db.prepare('SELECT * FROM entries ORDER BY idx').all() as EntryRow[]
}

/** Puts other entries in the place of all. */
export function replaceAll(db: SqliteDatabase.Database, rows: ReadonlyArray<EntryRow>): void {
  db.exec('DELETE FROM entries')
  const put = db.prepare(
    `INSERT INTO entries (idx, json, leaf, mac, segment, at_ms, kind, asker_kind, asker_id)
     VALUES (@idx, @json, @leaf, @mac, @segment, @at_ms, @kind, @asker_kind, @asker_id)`,
  )
  db.transaction(() => rows.forEach((row) => put.run(row)))()
}

/** The row with another target: only its text is changed. */
export function edited(row: EntryRow): EntryRow {
  return { ...row, json: canonicalJson({ ...(JSON.parse(row.json) as object), target: 'something_else' }) }
}

/** What an attacker without a key can repair: index and leaf hash. A MAC can only be made up. */
export function repaired(row: EntryRow, idx: number): EntryRow {
  const json = canonicalJson({ ...(JSON.parse(row.json) as object), index: idx })
  return { ...row, idx, json, leaf: leafHash(json), mac: randomBytes(32) }
}
