import { AppError } from '../../shared/app-error.ts'
import type { ItemOverview, ItemVersion, SecretField } from '../../shared/models/item.ts'
import type { Session, VaultAccess } from './access.ts'
import {
  changedFieldNames,
  changedParts,
  partToReveal,
  restoredContent,
  sealedParts,
  type Content,
} from './item-content.ts'
import type { ItemIndex } from './item-index.ts'
import type { ItemRows } from './item-rows.ts'
import { openVersions } from './item-seal.ts'
import type { ItemParts, Revisions } from './revisions.ts'

/**
 * The earlier contents of items, sealed as they were: the last ten of each. A change of name, tags, favourite or dates alone makes none,
 * so that it cannot push an old password out.
 */
export class History {
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows
  readonly #revisions: Revisions

  constructor({ access, index, rows, revisions }: ItemParts & { readonly revisions: Revisions }) {
    this.#access = access
    this.#index = index
    this.#rows = rows
    this.#revisions = revisions
  }

  /** Newest first. Throws AppError not_found, damaged. */
  list(id: string): ReadonlyArray<ItemVersion> {
    const session = this.#access.unlocked()
    this.#index.get(id)
    const versions = this.#rows.versions(id, session)
    const { now, earlier } = openVersions(this.#rows.item(id, session), versions, session)
    return versions.map(({ revision }, at) => {
      const version = earlier[at] as Content
      const after = at === 0 ? now : (earlier[at - 1] as Content)
      const { updatedAtMs, hosts, userName } = version.overview
      return {
        revision,
        savedAtMs: updatedAtMs,
        changed: [...changedParts(version, after)],
        changedFields: [...changedFieldNames(version, after)],
        hosts,
        userName,
        sealed: [...sealedParts(version)],
      }
    })
  }

  /** One field of an earlier version. The caller audits it. Throws AppError not_found, damaged. */
  reveal(id: string, revision: number, field: SecretField): string {
    this.#index.get(id)
    return partToReveal(this.#open(id, revision, this.#access.unlocked()).details, field)
  }

  /** Gives the item an earlier content again, under the name, tags and dates it has now; what it has now becomes a version itself. */
  restore(id: string, revision: number): ItemOverview {
    this.#index.get(id)
    const earlier = this.#open(id, revision, this.#access.unlocked())
    return this.#revisions.make(id, (before, nowMs) => restoredContent(before, earlier, nowMs))
  }

  #open(id: string, revision: number, session: Session): Content {
    const version = this.#rows.versions(id, session).find((row) => row.revision === revision)
    if (version === undefined) throw noVersion()
    return openVersions(this.#rows.item(id, session), [version], session).earlier[0] as Content
  }
}

function noVersion(): AppError {
  return new AppError('not_found', 'There is no such version of this item.', {
    hint: 'The last ten are kept, and none that was changed outside Clawkeep.',
  })
}
