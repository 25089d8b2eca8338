import type { ItemOverview } from '../../shared/models/item.ts'
import type { Session, VaultAccess } from './access.ts'
import { withDue } from './item-due.ts'
import type { Content } from './item-content.ts'
import { heldItem, type HeldItem, type ItemIndex } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import { sealNextRevision } from './item-seal.ts'
import type { ManifestChange } from './manifest.ts'

/** What the parts that work on items share. */
export type ItemParts = { readonly access: VaultAccess; readonly index: ItemIndex; readonly rows: ItemRows }

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
      this.revise(id, (before) => change(before, nowMs), manifestChange, session),
    )
    this.#index.put(held)
    this.#access.events.emit('items')
    return withDue(held, nowMs)
  }

  /** The same inside the transaction of a larger change, which puts what it gives into the index when it is done. */
  revise(id: string, change: (before: Content) => Content, manifestChange: ManifestChange, session: Session): HeldItem {
    const row = this.#rows.item(id, session)
    const revised = sealNextRevision(row, session, change)
    this.#rows.storeItem(revised.row, manifestChange)
    if (revised.replaced !== null) this.#rows.storeVersion(revised.replaced, manifestChange)
    return heldItem(id, revised.row.revision, revised.overview, this.#index.find(id)?.files ?? 0)
  }
}
