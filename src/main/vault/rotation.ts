import { AppError } from '../../shared/app-error.ts'
import type { Session, VaultAccess } from './access.ts'
import { headerDigest, slotsDigest, writeRotatedHeader, type Header } from './header.ts'
import { rewrapItemKey } from './item-seal.ts'
import type { Keys } from './keys.ts'
import { itemLine, recordLine, recordRowId, type Line } from './manifest-lines.ts'
import { isWrittenAnew } from './overview-parts.ts'
import { openOwnKey, storeOwnKey } from './own-keys.ts'
import { resealRecord } from './records.ts'
import { ItemRow, OwnKeyRow, RecordRow } from './schema.ts'
import { turnSlot } from './slot-seal.ts'

const pageRows = 200

/** What a row was when it was rewrapped, and what it becomes. */
type Turned<Row> = { readonly before: Line; readonly row: Row; readonly after: Line }

/** The rows of a vault under the keys of the next epoch, not written yet. */
export type TurnedRows = {
  readonly items: Map<string, Turned<ItemRow>>
  readonly records: Map<string, Turned<RecordRow>>
}

/**
 * The pre-flight: opens the key of every item, and every record, and wraps it for the next epoch, in memory; yields after each row.
 * That the contents open is for the backup to show that is made next. The file is read page by page, so that it may be written
 * meanwhile. Throws AppError damaged when anything does not open.
 */
export function* turnRows(access: VaultAccess, session: Session, next: Keys): Generator<void, TurnedRows> {
  const turned: TurnedRows = { items: new Map(), records: new Map() }
  for (let after = ''; ;) {
    const page = access.read((database) =>
      database.prepare('SELECT * FROM items WHERE id > ? ORDER BY id LIMIT ?').all(after, pageRows),
    )
    for (const raw of page) {
      const entry = turnItem(session, next, raw)
      turned.items.set(entry.row.id, entry)
      after = entry.row.id
      yield
    }
    if (page.length < pageRows) break
  }
  for (let kind = '', id = ''; ;) {
    const page = access.read((database) =>
      database
        .prepare('SELECT * FROM records WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?')
        .all(kind, id, pageRows),
    )
    for (const raw of page) {
      const entry = turnRecord(session, next, raw)
      ;({ kind, id } = entry.row)
      turned.records.set(recordRowId(kind, id), entry)
      yield
    }
    if (page.length < pageRows) break
  }
  return turned
}

/**
 * Writes the next epoch in one transaction: killed at any point it is all old or all new. Rows that changed since the pre-flight
 * are wrapped anew. Returns the new header. Throws AppError damaged, conflict for a slot of an earlier version, storage errors.
 */
export function writeEpoch(access: VaultAccess, header: Header, turned: TurnedRows, next: Keys): Header {
  const { database } = access
  let rotated = header
  access.write((change, session) => {
    const { manifest, keys, vaultId } = session
    const setItem = database.prepare('UPDATE items SET epoch = ?, sealed_key = ? WHERE id = ?')
    for (const id of database.prepare('SELECT id FROM items').pluck().all() as ReadonlyArray<string>) {
      const known = turned.items.get(id)
      const { row, after } =
        known !== undefined && manifest.vouchesFor(known.before)
          ? known
          : turnItem(session, next, database.prepare('SELECT * FROM items WHERE id = ?').get(id))
      setItem.run(row.epoch, row.sealed_key, id)
      change.put(after)
    }
    const setRecord = database.prepare('UPDATE records SET epoch = ?, sealed = ? WHERE kind = ? AND id = ?')
    const records = database.prepare('SELECT kind, id FROM records').all() as ReadonlyArray<{
      kind: string
      id: string
    }>
    for (const { kind, id } of records) {
      const known = turned.records.get(recordRowId(kind, id))
      const { row, after } =
        known !== undefined && manifest.vouchesFor(known.before)
          ? known
          : turnRecord(session, next, database.prepare('SELECT * FROM records WHERE kind = ? AND id = ?').get(kind, id))
      setRecord.run(row.epoch, row.sealed, kind, id)
      change.put(after)
    }
    const turnKeys = new Map<string, Buffer>()
    try {
      for (const raw of database.prepare('SELECT * FROM own_keys').all()) {
        const row = OwnKeyRow.parse(raw)
        const key = openOwnKey(keys, vaultId, row)
        turnKeys.set(row.id, key)
        change.put(storeOwnKey(database, next, vaultId, row.id, key, row.revision))
      }
      const content = { vaultId, vaultKey: next.vaultKey, epoch: next.epoch }
      const slots = header.slots.map((slot) => turnSlot(slot, turnKeys.get(slot.id) ?? null, content))
      rotated = writeRotatedHeader(database, header, slots, next.epoch)
    } finally {
      for (const key of turnKeys.values()) key.fill(0)
    }
    change.nextKeys = next
    change.context = {
      key: next.manifest,
      epoch: next.epoch,
      headerDigest: headerDigest(rotated),
      slotsDigest: slotsDigest(rotated.slots),
    }
  })
  return rotated
}

/** What must be whole before the vault key changes. Throws AppError damaged. */
export function refuseProblems(session: Session): void {
  const problems = session.problems.filter((problem) => !isWrittenAnew(problem))
  const [first] = problems
  if (first === undefined) return
  const more = problems.length === 1 ? '' : ` ${problems.length - 1} more of this kind.`
  throw notWhole(`${first.message}${more}`)
}

function turnItem(session: Session, next: Keys, raw: unknown): Turned<ItemRow> {
  const before = ItemRow.safeParse(raw)
  if (!before.success) throw notWhole('An item cannot be read.')
  const line = itemLine(before.data)
  try {
    if (!session.manifest.vouchesFor(line)) throw new Error('Not vouched for')
    const row = rewrapItemKey(before.data, session, { keys: next, vaultId: session.vaultId })
    return { before: line, row, after: itemLine(row) }
  } catch {
    throw notWhole(`The item ${before.data.id} does not open.`)
  }
}

function turnRecord(session: Session, next: Keys, raw: unknown): Turned<RecordRow> {
  const before = RecordRow.safeParse(raw)
  if (!before.success) throw notWhole('An entry cannot be read.')
  const line = recordLine(before.data)
  try {
    if (!session.manifest.vouchesFor(line)) throw new Error('Not vouched for')
    const row = resealRecord(before.data, session, next)
    return { before: line, row, after: recordLine(row) }
  } catch {
    throw notWhole(`The entry ${recordRowId(before.data.kind, before.data.id)} does not open.`)
  }
}

function notWhole(what: string): AppError {
  return new AppError('damaged', `The vault key was not changed, because not everything opens. ${what}`, {
    hint: 'Run `clawkeep vault doctor`, or the check in Settings.',
  })
}
