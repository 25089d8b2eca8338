import type { Database } from '../db/open.ts'
import { damagedHeader, readHeader, type Header } from './header.ts'
import { examineFiles } from './examine-files.ts'
import { openVersions } from './item-seal.ts'
import { copyKey, deriveKeys, wipeKeys } from './keys.ts'
import type { VaultProblem } from './manifest-check.ts'
import { recordLine, recordRowId, versionLine } from './manifest-lines.ts'
import { openOwnKey, wipeOwnKeys } from './own-keys.ts'
import { paced, type Course } from './paced.ts'
import { readRows } from './read-rows.ts'
import { openRecord } from './records.ts'
import { ItemRow } from './schema.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { checkAndOpen, type StartedSession } from './unlock.ts'

/** Something that does not open; `name` of the item where it could still be read. */
export type Finding = VaultProblem & { readonly name: string | null }

/** What a look at every row found. */
export type Examination = {
  readonly header: Header
  readonly epoch: number
  readonly items: number
  readonly records: number
  readonly problems: ReadonlyArray<Finding>
}

/**
 * Opens every row of a vault file: the structure of the file, the manifest's MACs, header, key slots and their epoch, own keys,
 * and each item and record down to its last sealed part. Damage is listed, storage errors throw; the slot's key stays the
 * caller's. The database must belong to the caller alone. Attached files that do not open are replaced as in `examineFiles`.
 */
export async function examine(
  database: Database,
  slot: OpenedSlot,
  course: Course,
  spare: string = database.name,
): Promise<Examination> {
  const header = readHeader(database)
  if (header === null) throw damagedHeader()
  const keys = deriveKeys(copyKey(slot.vaultKey), header.row.vault_id, slot.epoch)
  const once = countRows(database, ['items', 'item_versions', 'files', 'records'])
  const total = once + countRows(database, ['item_versions', 'records'])
  try {
    const started = await paced(checkAndOpen(database, header, { slot, keys, mode: 'whole' }), part(course, 0, total))
    try {
      const found = await paced(openAll(database, header, started), part(course, once, total))
      const files = await examineFiles(database, started.session, course.signal, spare)
      const problems = [...structure(database), ...started.session.problems, ...found.problems, ...files]
      const names = started.names()
      return {
        header,
        epoch: slot.epoch,
        items: started.items.length,
        records: found.records,
        problems: problems.map((problem) => ({
          ...problem,
          name: names.get(problem.id.split('/')[0] ?? '') ?? null,
        })),
      }
    } finally {
      wipeOwnKeys(started.session.ownKeys)
    }
  } finally {
    wipeKeys(keys)
  }
}

/** Everything that is left closed when the items were opened whole. */
function* openAll(
  database: Database,
  header: Header,
  { session }: StartedSession,
): Generator<void, { records: number; problems: ReadonlyArray<VaultProblem> }> {
  const { manifest, keys, vaultId } = session
  const problems: VaultProblem[] = []
  const attempt = (table: string, id: string, message: string, open: () => void): void => {
    try {
      open()
    } catch {
      problems.push({ table, id, message })
    }
  }
  for (const row of readRows(database, 'item_versions')) {
    yield
    if (!manifest.vouchesFor(versionLine(row))) continue
    attempt('item_versions', row.id, `The earlier version ${row.id} does not open.`, () => {
      const item = ItemRow.parse(database.prepare('SELECT * FROM items WHERE id = ?').get(row.item_id))
      openVersions(item, [row], session)
    })
  }
  let records = 0
  for (const row of readRows(database, 'records')) {
    yield
    const id = recordRowId(row.kind, row.id)
    if (!manifest.vouchesFor(recordLine(row))) continue
    attempt('records', id, `The entry ${id} does not open.`, () => openRecord(session, row))
    records += 1
  }
  const ownKeys = new Map([...readRows(database, 'own_keys')].map((row) => [row.id, row]))
  for (const slot of header.slots) {
    const name = `The ${slot.kind} slot`
    if (slot.epoch !== keys.epoch)
      problems.push({ table: 'key_slots', id: slot.id, message: `${name} is of another epoch and opens nothing.` })
    const turnKey = ownKeys.get(slot.id)
    if (turnKey === undefined) continue
    attempt('own_keys', slot.id, `${name} cannot take another vault key: its own key does not open.`, () =>
      openOwnKey(keys, vaultId, turnKey).fill(0),
    )
  }
  return { records, problems }
}

/** What SQLite itself says about the file. */
function structure(database: Database): ReadonlyArray<VaultProblem> {
  const problem = {
    table: 'file',
    id: 'structure',
    message: 'The structure of the vault file is damaged: a part of it cannot be read.',
  }
  try {
    return database.pragma('integrity_check(1)', { simple: true }) === 'ok' ? [] : [problem]
  } catch {
    return [problem]
  }
}

function countRows(database: Database, tables: ReadonlyArray<'items' | 'item_versions' | 'files' | 'records'>): number {
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  return tables.reduce((sum, table) => sum + count(table), 0)
}

/** Some rows are gone through twice; that counts as one course. */
function part({ signal, onProgress }: Course, before: number, total: number): Course {
  return {
    signal,
    onProgress: (done) => onProgress?.(before + done, total),
  }
}
