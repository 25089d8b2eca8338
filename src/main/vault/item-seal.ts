import { z } from 'zod'
import { ItemKind, type ItemOverview } from '../../shared/models/item.ts'
import type { Session } from './access.ts'
import { newKey } from './keys.ts'
import type { ItemRow } from './schema.ts'
import { open, seal, type SealBinding, type SealPurpose } from './seal.ts'

/** The sealed part that lists and search see. */
const Overview = z.object({
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
})
export type Overview = z.infer<typeof Overview>

/** The sealed part that is only opened when asked for. */
const Details = z.object({ secret: z.string(), notes: z.string() })
export type Details = z.infer<typeof Details>

type Opener = Pick<Session, 'keys' | 'vaultId'>

/** Makes the row of a new item: a random key for it alone, overview and details sealed apart under that key. */
export function sealNewItem(id: string, overview: Overview, details: Details, { keys, vaultId }: Opener): ItemRow {
  const { epoch } = keys
  const key = newKey()
  try {
    return {
      id,
      revision: 1,
      details_revision: 1,
      epoch,
      content_epoch: epoch,
      sealed_key: seal(keys.itemWrap, keyBinding(vaultId, id, epoch, epoch), key),
      sealed_overview: sealContent(key, contentBinding(vaultId, 'item-overview', id, 1, epoch), overview),
      sealed_details: sealContent(key, contentBinding(vaultId, 'item-details', id, 1, epoch), details),
    }
  } finally {
    key.fill(0)
  }
}

/** Makes the next revision of a row; the details are only sealed anew when they are given and differ. */
export function sealNextRevision(row: ItemRow, overview: Overview, details: Partial<Details>, opener: Opener): ItemRow {
  const { vaultId } = opener
  const revision = row.revision + 1
  return withItemKey(row, opener, (key) => {
    const before = readDetails(row, key, vaultId)
    const next = { ...before, ...details }
    const differ = next.secret !== before.secret || next.notes !== before.notes
    const bind = (purpose: SealPurpose): SealBinding =>
      contentBinding(vaultId, purpose, row.id, revision, row.content_epoch)
    return {
      ...row,
      revision,
      sealed_overview: sealContent(key, bind('item-overview'), overview),
      ...(differ && { details_revision: revision, sealed_details: sealContent(key, bind('item-details'), next) }),
    }
  })
}

/** Opens the part of a row that is held in memory while unlocked. Throws when it does not open. */
export function openOverview(row: ItemRow, opener: Opener): ItemOverview {
  const binding = contentBinding(opener.vaultId, 'item-overview', row.id, row.revision, row.content_epoch)
  return withItemKey(row, opener, (key) => ({
    id: row.id,
    ...openContent(Overview, key, binding, row.sealed_overview),
    revision: row.revision,
  }))
}

/** Opens the secret part of a row. Throws when it does not open. */
export function openDetails(row: ItemRow, opener: Opener): Details {
  return withItemKey(row, opener, (key) => readDetails(row, key, opener.vaultId))
}

/** Contents stay sealed as they are when rotation only wraps the item key anew, so they are bound to the epoch of that key. */
function contentBinding(
  vaultId: string,
  purpose: SealPurpose,
  id: string,
  revision: number,
  contentEpoch: number,
): SealBinding {
  return { vaultId, purpose, id, revision, epoch: contentEpoch }
}

/** The item key never changes while the item lives, so its seal has no revision of its own. */
function keyBinding(vaultId: string, id: string, epoch: number, contentEpoch: number): SealBinding {
  return { vaultId, purpose: 'item-key', id, revision: 0, epoch, extra: [contentEpoch] }
}

function withItemKey<T>(row: ItemRow, { keys, vaultId }: Opener, use: (key: Buffer) => T): T {
  const key = open(keys.itemWrap, keyBinding(vaultId, row.id, row.epoch, row.content_epoch), row.sealed_key)
  try {
    return use(key)
  } finally {
    key.fill(0)
  }
}

function readDetails(row: ItemRow, key: Buffer, vaultId: string): Details {
  const binding = contentBinding(vaultId, 'item-details', row.id, row.details_revision, row.content_epoch)
  return openContent(Details, key, binding, row.sealed_details)
}

function sealContent(key: Buffer, binding: SealBinding, content: Overview | Details): Buffer {
  const plain = Buffer.from(JSON.stringify(content), 'utf8')
  try {
    return seal(key, binding, plain)
  } finally {
    plain.fill(0)
  }
}

function openContent<T>(schema: z.ZodType<T>, key: Buffer, binding: SealBinding, sealed: Buffer): T {
  const plain = open(key, binding, sealed)
  try {
    return schema.parse(JSON.parse(plain.toString('utf8')))
  } finally {
    plain.fill(0)
  }
}
