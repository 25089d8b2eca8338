import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../canonical-json.ts'
import type { Checkpoint } from './manifest-file.ts'

/** What the MACs are bound to besides the rows. */
export type ManifestContext = {
  readonly key: Buffer
  readonly vaultId: string
  readonly epoch: number
  readonly headerDigest: Buffer
  readonly slotsDigest: Buffer
}

/** Proves that the vault once had exactly the rows of this root. HMAC-SHA-256, 32 bytes. */
export function rowsMacOf({ key, vaultId, epoch }: ManifestContext, root: Buffer): Buffer {
  return hmac(key, ['clawkeep.rows/1', vaultId, epoch, root.toString('hex')])
}

/** Proves also that header, key slots, counter and checkpoint are the latest ones. HMAC-SHA-256, 32 bytes. */
export function macOf(context: ManifestContext, counter: number, checkpoint: Checkpoint | null, root: Buffer): Buffer {
  const { key, vaultId, epoch, headerDigest, slotsDigest } = context
  return hmac(key, [
    'clawkeep.manifest/1',
    vaultId,
    epoch,
    counter,
    headerDigest.toString('hex'),
    slotsDigest.toString('hex'),
    root.toString('hex'),
    checkpoint === null ? null : [checkpoint.size, checkpoint.root],
  ])
}

function hmac(key: Buffer, parts: ReadonlyArray<unknown>): Buffer {
  return createHmac('sha256', key).update(canonicalJson(parts)).digest()
}

/** In constant time. */
export function same(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
