import { z } from 'zod'
import type { AttachedFile } from '../../shared/models/item.ts'
import { sealedFileBytes } from './file-chunks.ts'
import { contentBinding, openContent, sealContent, withItemKey, type Opener } from './item-key.ts'
import type { FileRow, ItemRow } from './schema.ts'
import type { SealBinding } from './seal.ts'

/** What a file row seals: the name, the size, and the key that the file itself is sealed with. */
const Head = z.object({
  name: z.string(),
  bytes: z.int().nonnegative(),
  addedAtMs: z.number(),
  key: z.base64(),
})

/** A file that was sealed and belongs to an item soon. Its key is overwritten when it is attached or dropped. */
export type SealedFile = { readonly id: string; readonly name: string; readonly bytes: number; readonly key: Buffer }

/** Makes the row that binds a sealed file to an item; the key of the file is wrapped with the item's. */
export function sealHead(item: ItemRow, file: SealedFile, addedAtMs: number, opener: Opener): FileRow {
  const row = {
    id: file.id,
    item_id: item.id,
    revision: 1,
    content_epoch: item.content_epoch,
    sealed_bytes: sealedFileBytes(file.bytes),
  }
  const { name, bytes } = file
  const head: z.infer<typeof Head> = { name, bytes, addedAtMs, key: file.key.toString('base64') }
  return {
    ...row,
    sealed_head: withItemKey(item, opener, (key) => sealContent(key, headBinding(row, opener.vaultId), head)),
  }
}

/** Throws when the head does not open. The caller overwrites the key. */
export function openHead(item: ItemRow, row: FileRow, opener: Opener): { file: AttachedFile; key: Buffer } {
  const { name, bytes, addedAtMs, key } = withItemKey(item, opener, (itemKey) =>
    openContent(Head, itemKey, headBinding(row, opener.vaultId), row.sealed_head),
  )
  return { file: { id: row.id, name, bytes, addedAtMs }, key: Buffer.from(key, 'base64') }
}

/** Bound to the item as well: a head moved to another item of the same key would still be refused. */
function headBinding(row: Omit<FileRow, 'sealed_head'>, vaultId: string): SealBinding {
  const binding = contentBinding(vaultId, 'file-head', row.id, row.revision, row.content_epoch)
  return { ...binding, extra: [row.item_id, row.sealed_bytes] }
}
