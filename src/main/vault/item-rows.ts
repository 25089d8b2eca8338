import type { Statement } from 'better-sqlite3'
import { AppError } from '../../shared/app-error.ts'
import type { Database } from '../db/open.ts'
import type { Session, VaultAccess } from './access.ts'
import type { Overview } from './item-content.ts'
import type { ManifestChange } from './manifest.ts'
import { fileLine, fileRowId, itemLine, versionLine, type Line } from './manifest-lines.ts'
import { FileRow, ItemRow, VersionRow } from './schema.ts'

/** How many earlier versions of an item are kept. */
export const keptVersions = 10

/** A row to write, with the overview that is sealed in it; `line` when it is known already. */
type StoredItem = { readonly row: ItemRow; readonly overview: Overview; readonly line?: Line }

/** Reads and writes the rows of items, of their history and of their files; gives only rows that the manifest vouches for. */
export class ItemRows {
  readonly #access: VaultAccess
  readonly #statements = new Map<string, Statement>()
  #preparedFor: Database | null = null

  constructor(access: VaultAccess) {
    this.#access = access
  }

  /** Throws AppError damaged. */
  item(id: string, session: Session): ItemRow {
    const row = ItemRow.safeParse(this.#read('SELECT * FROM items WHERE id = ?', id)[0])
    if (row.success && session.manifest.vouchesFor(itemLine(row.data))) return row.data
    throw damaged('This item')
  }

  /** Call inside the transaction of the change, like all that follow. */
  storeItem({ row, overview, line = itemLine(row) }: StoredItem, change: ManifestChange): void {
    this.#prepare(
      `INSERT OR REPLACE INTO items (id, revision, details_revision, epoch, content_epoch, sealed_key, sealed_overview, sealed_details)
       VALUES (@id, @revision, @details_revision, @epoch, @content_epoch, @sealed_key, @sealed_overview, @sealed_details)`,
    ).run(row)
    change.put(line)
    change.overviews.set(row.id, overview)
  }

  /**
   * Erases items with their history and their files, also what is left of damaged ones. Returns the ids of their sealed files, which
   * are leftovers from then on; null when there was nothing of one of them.
   */
  eraseItems(ids: ReadonlyArray<string>, change: ManifestChange, session: Session): ReadonlyArray<string> | null {
    const { manifest } = session
    const erased = new Set(ids)
    for (const id of erased) {
      const { changes } = this.#prepare('DELETE FROM items WHERE id = ?').run(id)
      if (changes === 0 && manifest.revisionOf('items', id) === 0) return null
      change.remove('items', id)
      this.#prepare('DELETE FROM item_versions WHERE item_id = ?').run(id)
    }
    // Each of these looks at the whole vault: once for all of them.
    const own = (line: string): boolean => erased.has(partsOf(line)[0])
    for (const version of manifest.idsOf('item_versions', own)) change.remove('item_versions', version)
    const files = new Set(manifest.idsOf('files', own))
    for (const id of erased)
      for (const file of this.#prepare('SELECT id FROM files WHERE item_id = ?').pluck().all(id) as string[])
        files.add(fileRowId(id, file))
    const owned = [...files].map(partsOf)
    for (const [item, file] of owned) this.#eraseFile(item, file, change)
    return owned.map(([, file]) => file)
  }

  /** Newest first. What is damaged is left out: the unlock has named it. */
  versions(itemId: string, session: Session): ReadonlyArray<VersionRow> {
    return this.#read('SELECT * FROM item_versions WHERE item_id = ? ORDER BY revision DESC', itemId).flatMap((raw) => {
      const row = VersionRow.safeParse(raw)
      return row.success && session.manifest.vouchesFor(versionLine(row.data)) ? [row.data] : []
    })
  }

  countVersions(itemId: string): number {
    const [row] = this.#read('SELECT count(*) AS n FROM item_versions WHERE item_id = ?', itemId)
    return (row as { n: number }).n
  }

  /** Keeps an earlier content, and no more than the last ten. */
  storeVersion(row: VersionRow, change: ManifestChange): void {
    this.#prepare(
      `INSERT OR REPLACE INTO item_versions (id, item_id, revision, details_revision, content_epoch, sealed_overview, sealed_details)
       VALUES (@id, @item_id, @revision, @details_revision, @content_epoch, @sealed_overview, @sealed_details)`,
    ).run(row)
    change.put(versionLine(row))
    const old = this.#prepare('SELECT id FROM item_versions WHERE item_id = ? ORDER BY revision DESC LIMIT -1 OFFSET ?')
      .pluck()
      .all(row.item_id, keptVersions) as string[]
    for (const id of old) {
      this.#prepare('DELETE FROM item_versions WHERE id = ?').run(id)
      change.remove('item_versions', id)
    }
  }

  /** In the order of their ids. */
  files(itemId: string, session: Session): ReadonlyArray<FileRow> {
    return this.#read('SELECT * FROM files WHERE item_id = ? ORDER BY id', itemId).flatMap((raw) => {
      const row = FileRow.safeParse(raw)
      return row.success && session.manifest.vouchesFor(fileLine(row.data)) ? [row.data] : []
    })
  }

  /** Throws AppError not_found, damaged. */
  file(id: string, session: Session): FileRow {
    const [raw] = this.#read('SELECT * FROM files WHERE id = ?', id)
    if (raw === undefined) throw noFile()
    const row = FileRow.safeParse(raw)
    if (row.success && session.manifest.vouchesFor(fileLine(row.data))) return row.data
    throw damaged('This file')
  }

  /** The sealed file is no leftover any more. */
  storeFile(row: FileRow, change: ManifestChange): void {
    this.#prepare(
      `INSERT INTO files (id, item_id, revision, content_epoch, sealed_bytes, sealed_head)
       VALUES (@id, @item_id, @revision, @content_epoch, @sealed_bytes, @sealed_head)`,
    ).run(row)
    this.dropLeftover(row.id)
    change.put(fileLine(row))
  }

  /** Erases the row of a file, also what is left of a damaged one. Returns the ids of the items it was listed under. */
  eraseFile(id: string, change: ManifestChange, session: Session): ReadonlyArray<string> {
    const listed = session.manifest.idsOf('files', (line) => line.endsWith(`/${id}`))
    const items = new Set(listed.map((line) => line.slice(0, -id.length - 1)))
    for (const item of this.#prepare('SELECT item_id FROM files WHERE id = ?').pluck().all(id) as string[])
      items.add(item)
    if (items.size === 0) throw noFile()
    for (const item of items) this.#eraseFile(item, id, change)
    return [...items]
  }

  addLeftover(id: string): void {
    this.#prepare('INSERT OR IGNORE INTO file_leftovers (id) VALUES (?)').run(id)
  }

  dropLeftover(id: string): void {
    this.#prepare('DELETE FROM file_leftovers WHERE id = ?').run(id)
  }

  /** Sealed files that may be deleted: never one that an item has. */
  leftovers(): ReadonlyArray<string> {
    const rows = this.#read('SELECT id FROM file_leftovers WHERE id NOT IN (SELECT id FROM files)')
    return rows.map((row) => (row as { id: string }).id)
  }

  /** The sealed file becomes a leftover. */
  #eraseFile(itemId: string, id: string, change: ManifestChange): void {
    this.#prepare('DELETE FROM files WHERE id = ?').run(id)
    this.addLeftover(id)
    change.remove('files', fileRowId(itemId, id))
  }

  #read(sql: string, ...values: ReadonlyArray<string>): ReadonlyArray<unknown> {
    return this.#access.read(() => this.#prepare(sql).all(...values))
  }

  #prepare(sql: string): Statement {
    const { database } = this.#access
    // Another file may have been put in the place of the one they were made for.
    if (this.#preparedFor !== database) this.#statements.clear()
    this.#preparedFor = database
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const made = database.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }
}

/** The item that a line of a version or a file is of, and which of its own it is. */
function partsOf(line: string): readonly [item: string, own: string] {
  const at = line.lastIndexOf('/')
  return [line.slice(0, at), line.slice(at + 1)]
}

function noFile(): AppError {
  return new AppError('not_found', 'There is no such file.', { hint: 'It may have been removed.' })
}

function damaged(what: string): AppError {
  return new AppError('damaged', `${what} was changed outside Clawkeep and is not used.`, {
    hint: 'Put a backup of the vault in its place, or remove it.',
  })
}
