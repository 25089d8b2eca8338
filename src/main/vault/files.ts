import { open } from 'node:fs/promises'
import type { AttachedFile } from '../../shared/models/item.ts'
import { newId } from '../ids.ts'
import { toStorageError } from '../db/open.ts'
import type { Session, VaultAccess } from './access.ts'
import { fileIdsOf } from './copy-files.ts'
import type { FileSeal } from './file-chunks.ts'
import { deleteSealed, fileAt, folderOf, writeSealed } from './file-folder.ts'
import { openHead, sealHead, type SealedFile } from './file-head.ts'
import { checkFileName } from './file-name.ts'
import { damagedFile, openFrom, sealInto, type ByteSource } from './file-stream.ts'
import type { ItemIndex } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import { newKey } from './keys.ts'
import type { ManifestChange } from './manifest.ts'
import { keptAside } from './put-in-place.ts'
import type { ItemParts } from './revisions.ts'
import type { FileRow, ItemRow } from './schema.ts'

/**
 * Files that are attached to items: each a sealed file beside the database, under a key of its own, and a row that holds the
 * key, sealed under the key of its item. Before a file is written the database names it as a leftover, and the change that
 * makes it part of an item takes that name away; so whatever ends the process leaves either an attached file or a named leftover.
 */
export class Files {
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows
  readonly #folder: string
  /** Sealed, and not part of an item yet. */
  readonly #waiting = new Map<string, SealedFile>()
  readonly #underWay = new Set<string>()
  /** Of files that are sealed or read now: a lock does not wait for their end. */
  readonly #keys = new Set<Buffer>()
  #holders = 0

  constructor({ access, index, rows }: ItemParts) {
    this.#access = access
    this.#index = index
    this.#rows = rows
    this.#folder = folderOf(access.database.name)
  }

  /** In no order that may be relied on. Throws AppError damaged. */
  list(itemId: string): ReadonlyArray<AttachedFile> {
    const session = this.#access.unlocked()
    const rows = this.#rows.files(itemId, session)
    if (rows.length === 0) return []
    const item = this.#rows.item(itemId, session)
    return rows.map((row) => {
      const { file, key } = openHead(item, row, session)
      key.fill(0)
      return file
    })
  }

  /** Seals a file and attaches it. Throws AppError not_found, invalid, too_large, disk_full and the like, locked when it is locked meanwhile. */
  async add(itemId: string, name: string, source: ByteSource): Promise<AttachedFile> {
    this.#index.get(itemId)
    const sealed = await this.seal(name, source)
    try {
      return this.#attach(itemId, sealed)
    } catch (error) {
      this.drop([sealed])
      throw error
    }
  }

  /**
   * Seals a file that belongs to no item yet: give it to `Items.addPaced`, or to `drop`. At a lock it is dropped by itself.
   * Throws AppError invalid, too_large, disk_full and the like, locked when it is locked meanwhile.
   */
  async seal(name: string, source: ByteSource): Promise<SealedFile> {
    const session = this.#access.unlocked()
    const checkedName = checkFileName(name)
    const id = newId('fil')
    const key = newKey()
    this.#underWay.add(id)
    this.#keys.add(key)
    try {
      this.#access.read(() => this.#rows.addLeftover(id))
      let bytes = 0
      const seal: FileSeal = { key, vaultId: session.vaultId, fileId: id }
      await writeSealed(this.#folder, id, async (file) => {
        bytes = await sealInto(file, source, seal, () => this.#access.goOn(session))
      })
      this.#access.goOn(session)
      const sealed = { id, name: checkedName, bytes, key }
      this.#waiting.set(id, sealed)
      return sealed
    } catch (error) {
      key.fill(0)
      this.#underWay.delete(id)
      this.#delete([id])
      throw error
    } finally {
      this.#keys.delete(key)
    }
  }

  /** Forgets files that were sealed and are not wanted. */
  drop(files: ReadonlyArray<SealedFile>): void {
    this.settle(files)
    // No copy that is made now knows of them.
    this.#delete(files.map(({ id }) => id))
  }

  /** Makes the rows that bind sealed files to a new item; `store` writes them. */
  heads(item: ItemRow, files: ReadonlyArray<SealedFile>, session: Session): ReadonlyArray<FileRow> {
    const nowMs = this.#access.clock.now()
    return files.map((file) => {
      this.#refuseGone(file.id)
      return sealHead(item, file, nowMs, session)
    })
  }

  /** Call inside the transaction that makes the item, and `settle` after it. */
  store(heads: ReadonlyArray<FileRow>, change: ManifestChange): void {
    for (const head of heads) {
      this.#refuseGone(head.id)
      this.#rows.storeFile(head, change)
    }
  }

  /** Overwrites the keys of files that are not waiting any more. */
  settle(files: ReadonlyArray<SealedFile>): void {
    for (const { id, key } of files) {
      key.fill(0)
      this.#waiting.delete(id)
      this.#underWay.delete(id)
    }
  }

  /** The name and size of one file. Throws AppError not_found, also when its item is in the trash, and damaged. */
  get(id: string): AttachedFile & { readonly itemId: string } {
    const { file, key, itemId } = this.#open(id, this.#access.unlocked())
    key.fill(0)
    return { ...file, itemId }
  }

  /** Gives the content piece by piece; a piece is overwritten when the next one is asked for. Throws AppError damaged, locked when it is locked meanwhile. */
  async *read(id: string): AsyncGenerator<Buffer> {
    const session = this.#access.unlocked()
    const { file, key } = this.#open(id, session)
    this.#keys.add(key)
    try {
      const handle = await open(fileAt(this.#folder, id), 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? damagedFile(error) : toStorageError(error, 'attached file')
      })
      try {
        const seal = { key, vaultId: session.vaultId, fileId: id }
        yield* openFrom(handle, file.bytes, seal, () => this.#access.goOn(session))
      } finally {
        await handle.close()
      }
    } finally {
      key.fill(0)
      this.#keys.delete(key)
    }
  }

  /** Erases a file for good. Also removes the rest of a damaged one. Throws AppError not_found. */
  remove(id: string): void {
    this.#access.unlocked()
    const items = this.#access.write((change, session) => this.#rows.eraseFile(id, change, session))
    for (const item of items) this.#count(item)
    this.#access.events.emit('items')
    this.deleteLeftovers([id])
  }

  /** Keeps every sealed file of an item where it is, for as long as the vault is copied or replaced; returns the function that ends it. */
  hold(): () => void {
    let held = true
    this.#holders += 1
    return () => {
      if (held) this.#holders -= 1
      held = false
      if (this.#holders === 0 && this.#access.session !== null) this.sweep()
    }
  }

  /** Deletes what earlier processes left: sealed files that belong to nothing. */
  sweep(): void {
    this.deleteLeftovers(this.#rows.leftovers())
  }

  /** What cannot be deleted now, or is a file of a vault kept aside, stays named and is tried again by `sweep`. */
  deleteLeftovers(ids: ReadonlyArray<string>): void {
    if (this.#holders === 0) this.#delete(ids)
  }

  /** Drops everything held in memory. */
  clear(): void {
    for (const key of this.#keys) key.fill(0)
    this.drop([...this.#waiting.values()])
  }

  #delete(ids: ReadonlyArray<string>): void {
    const needed = ids.length === 0 ? null : this.#neededAside()
    for (const id of ids) {
      if (this.#underWay.has(id) || needed === null || needed.has(id)) continue
      try {
        if (deleteSealed(this.#folder, id)) this.#rows.dropLeftover(id)
      } catch {
        // A full disk, a closed database, or a name that is none: nothing is lost but space.
      }
    }
  }

  /** The files of the vaults that are kept aside: whoever goes back to one needs them. Null when that cannot be known. */
  #neededAside(): ReadonlySet<string> | null {
    try {
      return fileIdsOf(keptAside(this.#access.database.name))
    } catch {
      return null
    }
  }

  /** The key of one that is gone is overwritten: what it would be bound with opens nothing. */
  #refuseGone(id: string): void {
    if (!this.#waiting.has(id)) throw new TypeError('This file was dropped or attached already')
  }

  #attach(itemId: string, sealed: SealedFile): AttachedFile {
    const addedAtMs = this.#access.clock.now()
    this.#access.write((change, session) => {
      this.#rows.storeFile(sealHead(this.#rows.item(itemId, session), sealed, addedAtMs, session), change)
    })
    this.settle([sealed])
    this.#count(itemId)
    this.#access.events.emit('items')
    const { id, name, bytes } = sealed
    return { id, name, bytes, addedAtMs }
  }

  #open(id: string, session: Session): { file: AttachedFile; key: Buffer; itemId: string } {
    const row = this.#rows.file(id, session)
    this.#index.get(row.item_id)
    return { ...openHead(this.#rows.item(row.item_id, session), row, session), itemId: row.item_id }
  }

  #count(itemId: string): void {
    const item = this.#index.find(itemId)
    if (item === undefined) return
    this.#index.put(Object.freeze({ ...item, files: this.#rows.files(itemId, this.#access.unlocked()).length }))
  }
}
