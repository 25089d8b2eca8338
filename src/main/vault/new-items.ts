import { AppError } from '../../shared/app-error.ts'
import { ItemInput, Moment } from '../../shared/models/item.ts'
import { newId } from '../ids.ts'
import type { Session, VaultAccess } from './access.ts'
import type { SealedFile } from './file-head.ts'
import type { Files } from './files.ts'
import { newContent, parseInput, type Content, type Overview } from './item-content.ts'
import { heldItem, type HeldItem, type ItemIndex, nameTaken, noItem } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import { sealNewItem } from './item-seal.ts'
import { itemLine, type Line } from './manifest-lines.ts'
import type { ItemParts, Revised, Revisions } from './revisions.ts'
import type { FileRow, ItemRow } from './schema.ts'
import { trashedContent } from './trash.ts'

/** An item to add, with files that were sealed for it. */
export type NewItem = {
  readonly input: ItemInput
  readonly files?: ReadonlyArray<SealedFile>
  /** When another program made it; default now, also for what is no time that can be. */
  readonly createdAtMs?: number | null
  /** The item whose place and name it takes; that one goes into the trash. */
  readonly replaces?: string | null
}

type Wanted = { readonly entry: NewItem; readonly content: Content }

/** What is to be written of one entry. Good under the keys it was sealed with, and while what it replaces stays as it is. */
type Sealed = {
  readonly row: ItemRow
  readonly line: Line
  readonly overview: Overview
  readonly files: ReadonlyArray<FileRow>
  readonly held: HeldItem
  readonly replaced: Revised | null
}

/** Adds items: all that can be done before is done before the one transaction that writes them, for nothing else runs beside that. */
export class NewItems {
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows
  readonly #revisions: Revisions
  readonly #files: Files

  constructor({ access, index, rows, revisions, files }: ItemParts & { revisions: Revisions; files: Files }) {
    this.#access = access
    this.#index = index
    this.#rows = rows
    this.#revisions = revisions
    this.#files = files
  }

  /**
   * Yields after each entry that is sealed; its last step writes all of them, or none. Throws AppError conflict when a name is taken, in
   * the vault or by an earlier entry, invalid, not_found for what is to be replaced, locked when it was locked meanwhile; with more than
   * one entry the message begins with the number of the entry, counted from 1.
   */
  *add(entries: ReadonlyArray<NewItem>): Generator<void, ReadonlyArray<HeldItem>> {
    const session = this.#access.unlocked()
    const nowMs = this.#access.clock.now()
    const named = <T>(at: number, run: () => T): T => (entries.length === 1 ? run() : inEntry(at, run))
    const wanted: Wanted[] = []
    const sealed: Sealed[] = []
    const places = new Places(this.#index)
    for (const [at, entry] of entries.entries()) {
      const next = named(at, () => ({ entry, content: contentOf(entry, nowMs) }))
      named(at, () => places.take(next))
      wanted.push(next)
      sealed.push(this.#seal(next, nowMs, session))
      yield
      this.#access.goOn(session)
    }
    for (;;) {
      const stale = staleAmong(sealed, session)
      if (stale.length === 0) break
      for (const at of stale) {
        sealed[at] = this.#seal(wanted[at] as Wanted, nowMs, session)
        yield
        this.#access.goOn(session)
      }
    }
    // From here to the end nothing else runs. What was free when it was sealed may be taken by now.
    const placesNow = new Places(this.#index)
    for (const [at, next] of wanted.entries()) named(at, () => placesNow.take(next))
    const held = this.#write(sealed)
    for (const { files = [] } of entries) this.#files.settle(files)
    for (const item of held) this.#index.put(item)
    this.#access.events.emit('items')
    return sealed.map((one) => one.held)
  }

  #seal({ entry, content }: Wanted, nowMs: number, session: Session): Sealed {
    const { files = [], replaces = null } = entry
    const row = sealNewItem(newId('itm'), content, session)
    const trashed = (before: Content): Content => trashedContent(before, nowMs)
    return {
      row,
      line: itemLine(row),
      overview: content.overview,
      files: this.#files.heads(row, files, session),
      held: heldItem(row.id, row.revision, content.overview, files.length),
      replaced: replaces === null ? null : this.#revisions.prepare(replaces, trashed, session),
    }
  }

  #write(sealed: ReadonlyArray<Sealed>): ReadonlyArray<HeldItem> {
    return this.#access.write((change) =>
      sealed.flatMap(({ row, line, overview, files, held, replaced }) => {
        this.#rows.storeItem({ row, line, overview }, change)
        this.#files.store(files, change)
        return replaced === null ? [held] : [this.#revisions.store(replaced, change), held]
      }),
    )
  }
}

function staleAmong(sealed: ReadonlyArray<Sealed>, { keys, manifest }: Session): number[] {
  const isStale = ({ row, replaced }: Sealed): boolean =>
    row.epoch !== keys.epoch || (replaced !== null && !manifest.vouchesFor(replaced.before))
  return sealed.flatMap((one, at) => (isStale(one) ? [at] : []))
}

function contentOf({ input, createdAtMs = null }: NewItem, nowMs: number): Content {
  const content = newContent(parseInput(ItemInput, input), nowMs)
  // What is no number would be sealed as null, and the item would never open again.
  const created = Moment.safeParse(createdAtMs === null ? null : Math.trunc(createdAtMs))
  if (created.success) content.overview.createdAtMs = Math.min(created.data, nowMs)
  return content
}

/** The names that new items take, and the items whose place they take: each only once. */
class Places {
  readonly #index: ItemIndex
  readonly #names = new Set<string>()
  readonly #replaced = new Set<string>()

  constructor(index: ItemIndex) {
    this.#index = index
  }

  /** Throws AppError conflict, not_found. */
  take({ entry: { replaces = null }, content }: Wanted): void {
    const { name } = content.overview
    if (replaces !== null) {
      this.#index.get(replaces)
      if (this.#replaced.has(replaces)) throw noItem()
      this.#replaced.add(replaces)
    }
    this.#index.checkName(name, replaces)
    if (this.#names.has(name)) throw nameTaken()
    this.#names.add(name)
  }
}

function inEntry<T>(at: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, hint } = error
    throw new AppError(code, `Entry ${at + 1}: ${message}`, { ...(hint !== undefined && { hint }), cause: error })
  }
}
