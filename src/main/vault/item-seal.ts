import { changedParts, Details, Overview, sameDetails, type Content } from './item-content.ts'
import { contentBinding, openContent, sealContent, withItemKey, wrapItemKey, type Opener } from './item-key.ts'
import { newKey } from './keys.ts'
import type { ItemRow, VersionRow } from './schema.ts'
import type { SealBinding, SealPurpose } from './seal.ts'

/** Makes the row of a new item: a random key for it alone, overview and details sealed apart under that key. */
export function sealNewItem(id: string, { overview, details }: Content, opener: Opener): ItemRow {
  const { vaultId } = opener
  const { epoch } = opener.keys
  const key = newKey()
  try {
    return {
      id,
      revision: 1,
      details_revision: 1,
      epoch,
      content_epoch: epoch,
      sealed_key: wrapItemKey(opener, id, epoch, key),
      sealed_overview: sealContent(key, contentBinding(vaultId, 'item-overview', id, 1, epoch), overview),
      sealed_details: sealContent(key, contentBinding(vaultId, 'item-details', id, 1, epoch), details),
    }
  } finally {
    key.fill(0)
  }
}

/**
 * Makes the next revision of a row. The details are only sealed anew when they differ. `replaced` is what the history is to keep: the
 * parts that are sealed already, as they are; null when nothing changed that the history keeps.
 */
export function sealNextRevision(
  row: ItemRow,
  opener: Opener,
  change: (before: Content) => Content,
): { row: ItemRow; overview: Overview; replaced: VersionRow | null } {
  const revision = row.revision + 1
  return withItemKey(row, opener, (key) => {
    const before = readContent(row, row.id, key, opener.vaultId)
    const after = change(before)
    const bind = (purpose: SealPurpose): SealBinding =>
      contentBinding(opener.vaultId, purpose, row.id, revision, row.content_epoch)
    const next = {
      ...row,
      revision,
      sealed_overview: sealContent(key, bind('item-overview'), after.overview),
      ...(!sameDetails(before.details, after.details) && {
        details_revision: revision,
        sealed_details: sealContent(key, bind('item-details'), after.details),
      }),
    }
    return {
      row: next,
      overview: after.overview,
      replaced: changedParts(before, after).length === 0 ? null : versionOf(row),
    }
  })
}

/** Opens the part of a row that is held in memory while unlocked. Throws when it does not open. */
export function openOverview(row: ItemRow, opener: Opener): Overview {
  const binding = contentBinding(opener.vaultId, 'item-overview', row.id, row.revision, row.content_epoch)
  return withItemKey(row, opener, (key) => openContent(Overview, key, binding, row.sealed_overview))
}

/** Opens a row to its last part: its overview, and whether the secret part opens too. Throws when the overview does not open. */
export function openWhole(row: ItemRow, opener: Opener): { readonly overview: Overview; readonly isWhole: boolean } {
  return withItemKey(row, opener, (key) => {
    const binding = contentBinding(opener.vaultId, 'item-overview', row.id, row.revision, row.content_epoch)
    const overview = openContent(Overview, key, binding, row.sealed_overview)
    try {
      readDetails(row, row.id, key, opener.vaultId)
      return { overview, isWhole: true }
    } catch {
      return { overview, isWhole: false }
    }
  })
}

/** Opens the secret part of a row. Throws when it does not open. */
export function openDetails(row: ItemRow, opener: Opener): Details {
  return withItemKey(row, opener, (key) => readDetails(row, row.id, key, opener.vaultId))
}

/** Opens an item and earlier versions of it, all with its key. Throws when one does not open. */
export function openVersions(
  row: ItemRow,
  versions: ReadonlyArray<VersionRow>,
  opener: Opener,
): { now: Content; earlier: ReadonlyArray<Content> } {
  return withItemKey(row, opener, (key) => ({
    now: readContent(row, row.id, key, opener.vaultId),
    earlier: versions.map((version) => readContent(version, version.item_id, key, opener.vaultId)),
  }))
}

/**
 * The same row with its key wrapped for another epoch; its contents stay as they are, and are not looked at. Throws when the key does
 * not open.
 */
export function rewrapItemKey(row: ItemRow, from: Opener, to: Opener): ItemRow {
  return withItemKey(row, from, (key) => ({
    ...row,
    epoch: to.keys.epoch,
    sealed_key: wrapItemKey(to, row.id, row.content_epoch, key),
  }))
}

function versionOf({
  id,
  revision,
  details_revision,
  content_epoch,
  sealed_overview,
  sealed_details,
}: ItemRow): VersionRow {
  return {
    id: `${id}/${revision}`,
    item_id: id,
    revision,
    details_revision,
    content_epoch,
    sealed_overview,
    sealed_details,
  }
}

type SealedContent = Pick<
  ItemRow,
  'revision' | 'details_revision' | 'content_epoch' | 'sealed_overview' | 'sealed_details'
>

function readContent(row: SealedContent, itemId: string, key: Buffer, vaultId: string): Content {
  const binding = contentBinding(vaultId, 'item-overview', itemId, row.revision, row.content_epoch)
  return {
    overview: openContent(Overview, key, binding, row.sealed_overview),
    details: readDetails(row, itemId, key, vaultId),
  }
}

function readDetails(row: SealedContent, itemId: string, key: Buffer, vaultId: string): Details {
  const binding = contentBinding(vaultId, 'item-details', itemId, row.details_revision, row.content_epoch)
  return openContent(Details, key, binding, row.sealed_details)
}
