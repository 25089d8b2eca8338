import type { z } from 'zod'
import type { Session } from './access.ts'
import type { ItemRow } from './schema.ts'
import { open, seal, type SealBinding, type SealPurpose } from './seal.ts'

/** What opens the rows of items: the keys of the epoch, and the vault they are bound to. */
export type Opener = Pick<Session, 'keys' | 'vaultId'>

/** Wraps the key of an item. It is the only part of an item, its history and its files that is sealed under a key of the epoch. */
export function wrapItemKey({ keys, vaultId }: Opener, id: string, contentEpoch: number, key: Buffer): Buffer {
  return seal(keys.itemWrap, keyBinding(vaultId, id, keys.epoch, contentEpoch), key)
}

/** Lends the key of an item and overwrites it afterwards. Throws when the wrap does not open. */
export function withItemKey<T>(row: ItemRow, { keys, vaultId }: Opener, use: (key: Buffer) => T): T {
  const key = open(keys.itemWrap, keyBinding(vaultId, row.id, row.epoch, row.content_epoch), row.sealed_key)
  try {
    return use(key)
  } finally {
    key.fill(0)
  }
}

/** Contents stay sealed as they are when rotation only wraps the item key anew, so they are bound to the epoch of that key. */
export function contentBinding(
  vaultId: string,
  purpose: SealPurpose,
  id: string,
  revision: number,
  contentEpoch: number,
): SealBinding {
  return { vaultId, purpose, id, revision, epoch: contentEpoch }
}

/** Seals a value as JSON. */
export function sealContent(key: Buffer, binding: SealBinding, value: object): Buffer {
  const plain = Buffer.from(JSON.stringify(value), 'utf8')
  try {
    return seal(key, binding, plain)
  } finally {
    plain.fill(0)
  }
}

/** Throws when the seal does not open or holds something else. */
export function openContent<T>(schema: z.ZodType<T>, key: Buffer, binding: SealBinding, sealed: Buffer): T {
  const plain = open(key, binding, sealed)
  try {
    return schema.parse(JSON.parse(plain.toString('utf8')))
  } finally {
    plain.fill(0)
  }
}

/** The item key never changes while the item lives, so its seal has no revision of its own. */
function keyBinding(vaultId: string, id: string, epoch: number, contentEpoch: number): SealBinding {
  return { vaultId, purpose: 'item-key', id, revision: 0, epoch, extra: [contentEpoch] }
}
