import { hkdfSync, randomFillSync } from 'node:crypto'

const keyBytes = 32

/** One label per use: keys of different uses are independent (HKDF-SHA-256, RFC 5869). */
const labels = {
  itemWrap: 'clawkeep/1 item-wrap',
  overviews: 'clawkeep/1 overviews',
  record: 'clawkeep/1 record',
  manifest: 'clawkeep/1 manifest',
  ownKeys: 'clawkeep/1 own-keys',
} as const

/** 32 random bytes in memory of their own (not in Node's shared slab), so that overwriting them is enough. */
export function newKey(): Buffer {
  return randomFillSync(Buffer.alloc(keyBytes))
}

/** A copy in memory of its own, to be overwritten by itself. */
export function copyKey(key: Buffer): Buffer {
  const copy = Buffer.alloc(key.length)
  key.copy(copy)
  return copy
}

/** HKDF-SHA-256 (RFC 5869) to 32 bytes. */
export function deriveKey(secret: Buffer, salt: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(label, 'utf8'), keyBytes))
}

/** The keys of an unlocked vault: everything that `wipe` must overwrite. */
export type Keys = { readonly epoch: number; readonly vaultKey: Buffer } & Readonly<Record<keyof typeof labels, Buffer>>

/** Makes the keys of an epoch; `vaultKey` becomes one of them and is wiped with them. */
export function deriveKeys(vaultKey: Buffer, vaultId: string, epoch: number): Keys {
  const salt = Buffer.from(vaultId, 'utf8')
  return {
    epoch,
    vaultKey,
    itemWrap: deriveKey(vaultKey, salt, labels.itemWrap),
    overviews: deriveKey(vaultKey, salt, labels.overviews),
    record: deriveKey(vaultKey, salt, labels.record),
    manifest: deriveKey(vaultKey, salt, labels.manifest),
    ownKeys: deriveKey(vaultKey, salt, labels.ownKeys),
  }
}

/** Overwrites every key with zeros. */
export function wipeKeys(keys: Keys): void {
  for (const key of Object.values(keys)) if (Buffer.isBuffer(key)) key.fill(0)
}
