import { AppError } from '../../shared/app-error.ts'
import type { ItemOverview } from '../../shared/models/item.ts'
import { withDue } from './item-due.ts'
import type { Overview } from './item-content.ts'

/** An opened overview as it is held while unlocked; `due` is worked out when it is asked for. */
export type HeldItem = ItemOverview & Pick<Overview, 'trashedAtMs' | 'secretSinceMs'>

export function heldItem(id: string, revision: number, overview: Overview, files: number): HeldItem {
  return Object.freeze({ ...overview, id, revision, files, due: null })
}

/** The opened overviews by id, and the ids by name of those that are not in the trash. */
export class ItemIndex {
  #items = new Map<string, HeldItem>()
  #idsByName = new Map<string, string>()
  readonly #dated = new Set<string>()

  all(): Iterable<HeldItem> {
    return this.#items.values()
  }

  /** Also finds what is in the trash. */
  find(id: string): HeldItem | undefined {
    return this.#items.get(id)
  }

  /** Throws AppError not_found, also for what is in the trash. */
  get(id: string): HeldItem {
    const item = this.#items.get(id)
    if (item === undefined || item.trashedAtMs !== null) throw noItem()
    return item
  }

  byName(name: string): HeldItem | undefined {
    const id = this.#idsByName.get(name.normalize('NFC'))
    return id === undefined ? undefined : this.#items.get(id)
  }

  /** Throws AppError conflict when another item than `id` has the name. */
  checkName(name: string, id: string | null): void {
    const holder = this.#idsByName.get(name.normalize('NFC'))
    if (holder !== undefined && holder !== id) throw nameTaken()
  }

  /** Looks only at the few that have a date: the status asks for it often. */
  countDue(nowMs: number): number {
    let due = 0
    for (const id of this.#dated) {
      const item = this.#items.get(id)
      if (item?.trashedAtMs === null && withDue(item, nowMs).due !== null) due += 1
    }
    return due
  }

  put(item: HeldItem): void {
    this.remove(item.id)
    this.#items.set(item.id, item)
    if (item.expiresAtMs !== null || item.rotateByMs !== null) this.#dated.add(item.id)
    if (item.trashedAtMs === null) this.#idsByName.set(item.name, item.id)
  }

  remove(id: string): void {
    const item = this.#items.get(id)
    this.#items.delete(id)
    this.#dated.delete(id)
    if (item !== undefined && this.#idsByName.get(item.name) === id) this.#idsByName.delete(item.name)
  }

  clear(): void {
    this.#items = new Map()
    this.#idsByName = new Map()
    this.#dated.clear()
  }
}

export function noItem(): AppError {
  return new AppError('not_found', 'There is no such item.', { hint: 'It may have been removed.' })
}

export function nameTaken(): AppError {
  return new AppError('conflict', 'Another item has this name.', {
    hint: 'Choose a different name; {{secret:NAME}} must be unique.',
  })
}
