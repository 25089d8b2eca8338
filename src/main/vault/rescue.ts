import type { Database } from '../db/open.ts'
import { damagedHeader, insertHeader, readHeader } from './header.ts'
import { examineFiles } from './examine-files.ts'
import { openVersions } from './item-seal.ts'
import { copyKey, deriveKeys, wipeKeys } from './keys.ts'
import { Manifest } from './manifest.ts'
import { fileLine, itemAtOnceLine, recordLine, versionLine, type Line } from './manifest-lines.ts'
import { newKey } from './keys.ts'
import { openOwnKey, publicBytes, storeOwnKey, wipeOwnKeys } from './own-keys.ts'
import { paced, stopIfAborted, type Course } from './paced.ts'
import { readRows, splitItem } from './read-rows.ts'
import { openRecord } from './records.ts'
import { ItemRow } from './schema.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { closeAsOneFile, openVaultFile, removeVaultFile } from './snapshot.ts'
import { checkAndOpen, manifestContext, type StartedSession } from './unlock.ts'

type RescuePlan = {
  readonly damaged: string
  readonly file: string
  readonly slot: OpenedSlot
  /** The new file counts as newer than everything up to this. */
  readonly counterAbove: number
}

/**
 * Makes a whole vault of what opens in a damaged one: the same keys and ways in, every item and record that the manifest vouches for and
 * that opens to its last part, under a new manifest. `damaged` is only read. On any error there is no new file. Throws storage
 * errors, AppError cancelled, damaged when the header cannot be read.
 */
export async function rescue({ damaged, file, slot, counterAbove }: RescuePlan, course: Course): Promise<void> {
  const from = openVaultFile(damaged)
  try {
    const header = readHeader(from)
    if (header === null) throw damagedHeader()
    const keys = deriveKeys(copyKey(slot.vaultKey), header.row.vault_id, slot.epoch)
    try {
      const started = await paced(checkAndOpen(from, header, { slot, keys, mode: 'whole' }), course)
      stopIfAborted(course.signal)
      const files = await examineFiles(from, started.session, course.signal)
      const lost = new Set([...started.session.problems, ...files].map(({ id }) => id))
      const to = openVaultFile(file)
      try {
        writeWhole(from, to, { ...started, header, lost, counterAbove })
      } finally {
        closeAsOneFile(to, file)
        wipeOwnKeys(started.session.ownKeys)
      }
    } finally {
      wipeKeys(keys)
    }
  } catch (error) {
    removeVaultFile(file)
    throw error
  } finally {
    from.close()
  }
}

type Whole = StartedSession & {
  readonly header: NonNullable<ReturnType<typeof readHeader>>
  /** Ids of what does not open. */
  readonly lost: ReadonlySet<string>
  readonly counterAbove: number
}

function writeWhole(from: Database, to: Database, { session, header, lost, counterAbove }: Whole): void {
  const { keys, vaultId, manifest } = session
  to.transaction(() => {
    const lines: Line[] = []
    for (const row of readRows(from, 'items')) {
      const line = itemAtOnceLine(row)
      if (!manifest.vouchesFor(line) || lost.has(row.id)) continue
      insert(to, 'items', splitItem(row))
      lines.push(line)
    }
    const items = new Set(lines.map(({ id }) => id))
    for (const row of readRows(from, 'item_versions')) {
      if (!items.has(row.item_id) || !manifest.vouchesFor(versionLine(row))) continue
      if (!opens(() => openVersions(itemOf(from, row.item_id), [row], session))) continue
      insert(to, 'item_versions', row)
      lines.push(versionLine(row))
    }
    for (const row of readRows(from, 'files')) {
      const line = fileLine(row)
      if (!items.has(row.item_id) || !manifest.vouchesFor(line) || lost.has(line.id)) continue
      insert(to, 'files', row)
      lines.push(line)
    }
    for (const row of readRows(from, 'records')) {
      if (!manifest.vouchesFor(recordLine(row)) || !opens(() => openRecord(session, row))) continue
      insert(to, 'records', row)
      lines.push(recordLine(row))
    }
    const inbox = session.ownKeys.inbox ?? newKey()
    const audit = session.ownKeys.audit ?? newKey()
    lines.push(storeOwnKey(to, keys, vaultId, 'inbox', inbox), storeOwnKey(to, keys, vaultId, 'audit', audit))
    // A slot of another epoch opens nothing, and one whose own key is lost cannot take the next vault key.
    const slots = header.slots.filter((slot) => slot.epoch === keys.epoch)
    for (const row of readRows(from, 'own_keys')) {
      if (!slots.some((slot) => slot.id === row.id)) continue
      if (!opens(() => lines.push(storeOwnKey(to, keys, vaultId, row.id, openOwnKey(keys, vaultId, row))))) continue
    }
    const { format, vault_id, created_at_ms } = header.row
    const clear = { format, vault_id, created_at_ms, epoch: keys.epoch }
    const publics = { inbox_public: publicBytes('inbox', inbox), audit_public: publicBytes('audit', audit) }
    const written = insertHeader(to, { ...clear, ...publics }, slots)
    Manifest.create(to, manifestContext(keys, written), lines, {
      checkpoint: manifest.checkpoint,
      counterAbove,
    })
  }).immediate()
}

function itemOf(database: Database, id: string): ItemRow {
  return ItemRow.parse(database.prepare('SELECT * FROM items WHERE id = ?').get(id))
}

type Table = 'items' | 'item_versions' | 'files' | 'records'

function insert(database: Database, table: Table, row: Readonly<Record<string, unknown>>): void {
  const columns = Object.keys(row)
  const places = columns.map((column) => `@${column}`)
  database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`).run(row)
}

function opens(open: () => unknown): boolean {
  try {
    open()
    return true
  } catch {
    return false
  }
}
