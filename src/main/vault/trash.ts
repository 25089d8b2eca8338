import { AppError } from '../../shared/app-error.ts'
import type { ItemOverview, TrashedItem } from '../../shared/models/item.ts'
import type { VaultAccess } from './access.ts'
import type { Files } from './files.ts'
import type { Content } from './item-content.ts'
import { noItem, type HeldItem, type ItemIndex } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import type { ItemParts, Revisions } from './revisions.ts'

const keptDays = 30
const keptMs = keptDays * 24 * 60 * 60_000

/**
 * Removed items, for 30 days. They stay sealed as they were; nothing can be revealed, used or copied from here, and their names are
 * free for others. That an item is in the trash is sealed too.
 */
export class Trash {
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows
  readonly #revisions: Revisions
  readonly #files: Files

  constructor(parts: ItemParts & { readonly revisions: Revisions; readonly files: Files }) {
    this.#access = parts.access
    this.#index = parts.index
    this.#rows = parts.rows
    this.#revisions = parts.revisions
    this.#files = parts.files
  }

  /** What was removed last comes first. */
  list(): ReadonlyArray<TrashedItem> {
    return this.#held()
      .map(({ id, kind, name, trashedAtMs }) => ({ id, kind, name, trashedAtMs, erasedAtMs: trashedAtMs + keptMs }))
      .toSorted((left, right) => right.trashedAtMs - left.trashedAtMs)
  }

  /** Throws AppError not_found. */
  put(id: string): void {
    this.#access.unlocked()
    this.#index.get(id)
    this.#revisions.make(id, trashedContent)
  }

  /** Takes an item out again, under another name if one is given. Throws AppError not_found, conflict when the name is taken meanwhile. */
  restore(id: string, name?: string): ItemOverview {
    this.#access.unlocked()
    const item = this.#index.find(id)
    if (item === undefined || item.trashedAtMs === null) throw notInTrash()
    const as = (name ?? item.name).normalize('NFC')
    this.#index.checkName(as, id)
    return this.#revisions.make(id, ({ overview, details }, nowMs) => ({
      overview: { ...overview, name: as, trashedAtMs: null, updatedAtMs: nowMs },
      details,
    }))
  }

  /**
   * Erases items for good, with their history and their files, all in one transaction or none. Also removes the rest of damaged items.
   * Throws AppError not_found, also for an item that is not in the trash.
   */
  erase(ids: ReadonlyArray<string>): void {
    this.#access.unlocked()
    if (ids.length === 0) return
    for (const id of ids) if (this.#index.find(id)?.trashedAtMs === null) throw notInTrash()
    const files = this.#access.write((change, session) => {
      const own = this.#rows.eraseItems(ids, change, session)
      if (own === null) throw noItem()
      return own
    })
    for (const id of ids) this.#index.remove(id)
    this.#access.events.emit('items')
    this.#files.deleteLeftovers(files)
  }

  /** The ids of what has been in the trash for its time. */
  overdue(): ReadonlyArray<string> {
    const nowMs = this.#access.clock.now()
    return this.#held().flatMap(({ id, trashedAtMs }) => (trashedAtMs + keptMs <= nowMs ? [id] : []))
  }

  #held(): ReadonlyArray<HeldItem & { readonly trashedAtMs: number }> {
    this.#access.unlocked()
    return [...this.#index.all()].filter(
      (item): item is HeldItem & { readonly trashedAtMs: number } => item.trashedAtMs !== null,
    )
  }
}

/** An item as it lies in the trash. */
export function trashedContent({ overview, details }: Content, nowMs: number): Content {
  return { overview: { ...overview, trashedAtMs: nowMs }, details }
}

function notInTrash(): AppError {
  return new AppError('not_found', 'There is no such item in the trash.', {
    hint: 'It may have been restored, or erased after 30 days.',
  })
}
