import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckpointRow, EntryRow } from '../../../src/main/audit/audit-store.ts'
import { appendLeaf, keyCommitment, leafHash, rootOf, type Frontier } from '../../../src/main/audit/chain.ts'
import { bytesOf, segmentBytes } from '../../../src/main/audit/signed.ts'
import { verdictOn, type Trusted } from '../../../src/main/audit/verdict.ts'
import { copyWith, edited, replaceAll, repaired, rowsOf, tamperingWith, type Tampering } from './tampering.ts'
import { append, openHome, password, temporaryFolder } from './audit-home.ts'

type Rows = EntryRow[]

let tampering: Tampering
let withVault: Trusted
let logFile = ''
let size = 0
let signed = 0
const fileOnly: Trusted = { publicKey: null, openKey: null, noted: null, notice: () => null }

const ends: Array<() => void> = []
afterAll(() => ends.forEach((end) => end()))

/** A log with a time before the vault, segments signed and locked, several checkpoints, and a rest that is not signed. */
beforeAll(async () => {
  const finished = (end: () => void) => ends.unshift(end)
  const { log, vault, file } = openHome(temporaryFolder(finished), finished)
  await append(log, 2)
  await vault.create(password)
  await append(log, 9)
  vault.lock()
  await append(log, 3)
  await vault.unlock(password)
  await append(log, 5)
  const noted = vault.auditCheckpoint()
  withVault = {
    publicKey: vault.auditPublicKey,
    openKey: (sealed) => vault.inbox.open(sealed),
    noted,
    notice: () => null,
  }
  size = log.verify().entries
  signed = noted?.size ?? 0
  logFile = file
  tampering = tamperingWith(file)
})

function verdictAfter(tamper: (rows: Rows) => Rows, trusted: Trusted) {
  return tampering((db, store) => {
    replaceAll(db, tamper(rowsOf(db)))
    return verdictOn(store, trusted)
  })
}

const at = (rows: Rows, index: number): EntryRow => {
  const row = rows[index]
  if (row === undefined) throw new Error(`No entry ${index}`)
  return row
}

const swap = (rows: Rows, one: number, other: number): Rows =>
  rows.with(one, { ...at(rows, other), idx: one }).with(other, { ...at(rows, one), idx: other })
const insert = (rows: Rows, index: number): Rows => [
  ...rows.slice(0, index),
  repaired(edited(at(rows, index)), index),
  ...rows.slice(index).map((row) => ({ ...row, idx: row.idx + 1 })),
]
const remove = (rows: Rows, index: number): Rows => rows.filter((row) => row.idx !== index)
const renumber = (rows: Rows, from: number): Rows => rows.map((row, idx) => (idx < from ? row : repaired(row, idx)))

/** Who writes to the file and leaves hashes and numbers as they were. */
const clumsy: ReadonlyArray<readonly [what: string, change: (rows: Rows, index: number) => Rows]> = [
  ['an edited entry', (rows, index) => rows.with(index, edited(at(rows, index)))],
  ['an edited filter column', (rows, index) => rows.with(index, { ...at(rows, index), kind: 'vault.create' })],
  ['an edited leaf hash', (rows, index) => rows.with(index, { ...at(rows, index), leaf: randomBytes(32) })],
  ['a removed entry', remove],
  ['two swapped entries', (rows, index) => swap(rows, index, (index + 1) % rows.length)],
  [
    'the order of the rest turned round',
    (rows, index) => [...rows.slice(0, index), ...rows.slice(index).toReversed()].map((row, idx) => ({ ...row, idx })),
  ],
]

/** Who also repairs numbers and hashes: all that can be computed without the vault. */
const careful: ReadonlyArray<readonly [what: string, change: (rows: Rows, index: number) => Rows]> = [
  ['an edited entry with a new leaf hash', (rows, index) => rows.with(index, repaired(edited(at(rows, index)), index))],
  ['a removed entry, the rest renumbered', (rows, index) => renumber(remove(rows, index), index)],
  ['an inserted entry, the rest renumbered', (rows, index) => renumber(insert(rows, index), index)],
  ['two swapped entries, renumbered', (rows, index) => renumber(swap(rows, index, index + 1), index)],
]

describe('at every position of the log', () => {
  test('nothing done is nothing found', () => {
    for (const trusted of [withVault, fileOnly]) {
      expect(verdictAfter((rows) => rows, trusted)).toMatchObject({ ok: true, entries: size, unsigned: size - signed })
    }
    expect(size - signed).toBeGreaterThan(3)
  })

  test.each(clumsy)('%s is found and named without any key', (_, change) => {
    for (let index = 0; index < size; index++) {
      const changed = (rows: Rows) => change(rows, index)
      const same = tampering((db) => JSON.stringify(rowsOf(db)) === JSON.stringify(changed(rowsOf(db))))
      const isLast = index === size - 1
      const { ok, firstBad } = verdictAfter(changed, fileOnly)
      // Nothing changed (the rest of one entry turned round, a kind that was the same), or only the unsigned last entry cut.
      if (same || (change === remove && isLast)) expect(ok).toBe(true)
      else expect({ ok, firstBad }).toEqual({ ok: false, firstBad: change === clumsy[4]?.[1] && isLast ? 0 : index })
    }
  })

  test.each(careful)('%s is found and named with the vault', (_, change) => {
    for (let index = 0; index < size - 1; index++) {
      const { ok, firstBad } = verdictAfter((rows) => change(rows, index), withVault)
      expect({ ok, firstBad }).toEqual({ ok: false, firstBad: index })
    }
  })

  test.each(careful)('%s is found without any key if it was signed', (_, change) => {
    for (let index = 0; index < signed; index++) {
      const { ok, firstBad } = verdictAfter((rows) => change(rows, index), fileOnly)
      expect(ok).toBe(false)
      expect(firstBad).toBeLessThanOrEqual(index)
    }
  })
})

describe('cut at every position', () => {
  /** `traces`: whether the attacker leaves the checkpoints and segments of what was cut. */
  const cut = (index: number, traces: boolean, trusted: Trusted) => {
    const { ok, firstBad } = tampering((db, store) => {
      db.prepare('DELETE FROM entries WHERE idx >= ?').run(index)
      if (!traces) {
        db.prepare('DELETE FROM checkpoints WHERE size > ?').run(index)
        db.prepare('DELETE FROM segments WHERE first >= ?').run(index)
      }
      return verdictOn(store, trusted)
    })
    return { ok, firstBad }
  }

  test('a log that is shorter than its checkpoints say is found without any key', () => {
    for (let index = 0; index < signed; index++)
      expect(cut(index, true, fileOnly)).toEqual({ ok: false, firstBad: index })
  })

  test('a log cut together with its checkpoints is found with the vault, which remembers', () => {
    // With no checkpoint left what remains cannot be told from a new log: entry 0 is named.
    const kept = tampering((db) => db.prepare('SELECT min(size) FROM checkpoints').pluck().get() as number)
    for (let index = 0; index < signed; index++) {
      expect(cut(index, false, withVault)).toEqual({ ok: false, firstBad: index < kept ? 0 : index })
    }
  })

  test('what no checkpoint covers yet can be cut: the stated limit', () => {
    for (let index = signed; index < size; index++) expect(cut(index, false, withVault).ok).toBe(true)
  })
})

describe('an entry left out of the index that lists go by', () => {
  const leaveOut = (db: SqliteDatabase.Database, index: number, instead: string): void => {
    const sql = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'entries_filters'").pluck().get() as string
    const setSql = (text: string): void => {
      db.pragma('writable_schema = ON')
      db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'entries_filters'").run(text)
      db.pragma('writable_schema = RESET')
    }
    setSql(sql.replace('(idx,', `(CASE idx WHEN ${index} THEN ${instead} ELSE idx END,`))
    db.exec('REINDEX entries_filters')
    setSql(sql)
  }

  test.each(['NULL', '9000000000000000'])('is named, and is in the plain list (%s)', (instead) => {
    const lying = copyWith(logFile, (db) => leaveOut(db, 6, instead))
    const { ok, firstBad, entries } = verdictOn(lying, fileOnly)
    expect({ ok, firstBad, entries }).toEqual({ ok: false, firstBad: 6, entries: size })
    expect(lying.page({ limit: 100 }).rows.map(({ idx }) => idx)).toContain(6)
    expect(lying.counts().size).toBe(size)
    expect(lying.firstHole()).toBeNull()
  })
})

describe('checkpoints and segments', () => {
  /** The rows of which this column is not already the value. */
  const rowsToChange = (table: string, column: string, value: unknown) =>
    tampering((db) => db.prepare(`SELECT number FROM ${table} WHERE ${column} IS NOT ?`).pluck().all(value) as number[])
  const verdictWith = (sql: string, values: ReadonlyArray<unknown>, trusted: Trusted) =>
    tampering((db, store) => {
      db.prepare(sql).run(...values)
      return verdictOn(store, trusted)
    })

  test.each([
    ['root', randomBytes(32)],
    ['size', 1],
    ['at_ms', 5],
    ['segment', 77],
    ['signature', randomBytes(64)],
    ['signature', Buffer.alloc(3)],
    ['public_key', randomBytes(32)],
    ['public_key', Buffer.alloc(0)],
  ])('a checkpoint with another %s is found', (column, value) => {
    for (const number of rowsToChange('checkpoints', column, value)) {
      const verdict = verdictWith(`UPDATE checkpoints SET ${column} = ? WHERE number = ?`, [value, number], fileOnly)
      expect(verdict.ok).toBe(false)
      expect(verdict.firstBad).toBeLessThan(size)
    }
  })

  test.each([
    ['first', 1],
    ['sealed_key', randomBytes(90)],
    ['sealed_key', null],
    ['commitment', randomBytes(32)],
    ['signature', randomBytes(64)],
    ['signature', null],
  ])('a segment with another %s (%#) is found with the vault', (column, value) => {
    const changed = rowsToChange('segments', column, value)
    expect(changed.length).toBeGreaterThan(0)
    for (const number of changed) {
      expect(verdictWith(`UPDATE segments SET ${column} = ? WHERE number = ?`, [value, number], withVault).ok).toBe(
        false,
      )
    }
  })

  test('a log signed anew by someone else is found with the vault, and by its fingerprint without', () => {
    const other = generateKeyPairSync('ed25519')
    const publicKey = other.publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
    const honest = tampering((_, store) => verdictOn(store, fileOnly))
    tampering((db, store) => {
      replaceAll(
        db,
        rowsOf(db).map((row, index) => (index === 6 ? repaired(edited(row), index) : row)),
      )
      resign(db, publicKey, (bytes) => sign(null, bytes, other.privateKey))
      const alone = verdictOn(store, fileOnly)
      expect(alone.ok).toBe(true)
      expect(alone.fingerprint).not.toBe(honest.fingerprint)
      expect(verdictOn(store, withVault)).toMatchObject({ ok: false, fingerprint: honest.fingerprint })
    })
  })

  test('the unsigned rest of an unlocked run, replaced under a key that the attacker sealed, is found', () => {
    tampering((db, store) => {
      const last = db.prepare('SELECT max(number) FROM segments').pluck().get() as number
      const rows = rowsOf(db)
      const first = rows.findIndex((row) => row.segment === last)
      replaceAll(
        db,
        rows.map((row, index) => (index < first ? row : repaired(edited(row), index))),
      )
      const ownKey = keyCommitment(randomBytes(32))
      db.prepare('UPDATE segments SET commitment = ?, signature = NULL WHERE number = ?').run(ownKey, last)
      expect(verdictOn(store, withVault)).toMatchObject({ ok: false, firstBad: first })
      expect(verdictOn(store, fileOnly)).toMatchObject({ ok: false, firstBad: first })
    })
  })
})

/** Every signature of the log made again, over the entries as they stand now. */
function resign(db: SqliteDatabase.Database, publicKey: Buffer, signer: (bytes: Buffer) => Buffer): void {
  const frontiers: Frontier[] = [[]]
  for (const row of rowsOf(db)) frontiers.push(appendLeaf(frontiers.at(-1) ?? [], leafHash(row.json)))
  for (const row of db.prepare('SELECT * FROM checkpoints').all() as CheckpointRow[]) {
    const { number } = row
    const root = rootOf(frontiers[row.size] ?? [])
    const signature = signer(bytesOf({ ...row, root }))
    db.prepare('UPDATE checkpoints SET root = ?, public_key = ?, signature = ? WHERE number = ?').run(
      root,
      publicKey,
      signature,
      number,
    )
  }
  type Part = { number: number; first: number; commitment: Buffer; signature: Buffer | null }
  for (const part of db.prepare('SELECT * FROM segments WHERE signature IS NOT NULL').all() as Part[]) {
    db.prepare('UPDATE segments SET signature = ? WHERE number = ?').run(signer(segmentBytes(part)), part.number)
  }
}
