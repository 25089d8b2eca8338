import type { ItemOverview } from '../../shared/models/item.ts'
import type { Session, VaultAccess } from './access.ts'
import { withDue } from './item-due.ts'
import type { Content, Overview } from './item-content.ts'
import { heldItem, type HeldItem, type ItemIndex } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import { sealNextRevision } from './item-seal.ts'
import type { ManifestChange } from './manifest.ts'
import { itemLine, type Line } from './manifest-lines.ts'
import type { ItemRow, VersionRow } from './schema.ts'

/** What the parts that work on items share. */
export type ItemParts = { readonly access: VaultAccess; readonly index: ItemIndex; readonly rows: ItemRows }

/** The next revision of an item, sealed and not written yet; it may be written while the row is what it was before. */
export type Revised = {
  readonly before: Line
  readonly row: ItemRow
  readonly overview: Overview
  readonly replaced: VersionRow | null
}

/** Makes the next revision of an item, keeps the one before in the history where it differs in what that keeps. */
export class Revisions {
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows

  constructor({ access, index, rows }: ItemParts) {
    this.#access = access
    this.#index = index
    this.#rows = rows
  }

  /** Also works on what is in the trash. Throws AppError damaged, and what `change` throws; then nothing is changed. */
  make(id: string, change: (before: Content, nowMs: number) => Content): ItemOverview {
    const nowMs = this.#access.clock.now()
    const held = this.#access.write((manifestChange, session) =>
      this.store(
        this.prepare(id, (before) => change(before, nowMs), session),
        manifestChange,
      ),
    )
    this.#index.put(held)
    this.#access.events.emit('items')
    return withDue(held, nowMs)
  }

  /** Seals the next revision; `store` writes it. */
  prepare(id: string, change: (before: Content) => Content, session: Session): Revised {
    const row = this.#rows.item(id, session)
    return { before: itemLine(row), ...sealNextRevision(row, session, change) }
  }

  /** Call inside the transaction of the change, and put what it gives into the index when that is done. */
  store({ row, overview, replaced }: Revised, change: ManifestChange): HeldItem {
    this.#rows.storeItem({ row, overview }, change)
    if (replaced !== null) this.#rows.storeVersion(replaced, change)
    return heldItem(row.id, row.revision, overview, this.#index.find(row.id)?.files ?? 0)
  }
}
