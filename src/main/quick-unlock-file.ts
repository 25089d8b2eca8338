import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { publicKeyOf, signatureFits } from './audit/signed.ts'
import type { RememberedMark } from './audit/vault-marks.ts'
import { canonicalJson } from './canonical-json.ts'

/** Where the file is. */
export function quickUnlockPath(home: string): string {
  return join(home, 'quick-unlock.json')
}

const Time = z.int().nonnegative()
const Witness = z.strictObject({
  epoch: z.int().positive(),
  counter: z.int().nonnegative(),
  atMs: Time,
  /** When the password was last given. */
  passwordAtMs: Time,
})

/**
 * What quick unlock keeps in the data folder: the key of its slot, sealed by the computer's keychain, and which state the vault had when
 * it was last locked, signed with the vault's audit key. Binary parts are base64.
 */
export const QuickUnlockFile = z.strictObject({
  version: z.literal(1),
  vaultId: z.string().max(100),
  slotId: z.string().max(100),
  sealedKey: z.base64().max(10_000),
  witness: Witness,
  signature: z.base64().max(200),
})
export type QuickUnlockFile = z.infer<typeof QuickUnlockFile>

/** Null when there is none or it cannot be read: then there is no quick unlock. */
export function readQuickUnlockFile(home: string): QuickUnlockFile | null {
  try {
    return QuickUnlockFile.parse(JSON.parse(readFileSync(quickUnlockPath(home), 'utf8')))
  } catch {
    return null
  }
}

/** Durable when it returns, for this user only (0600). Throws what the file system says. */
export function writeQuickUnlockFile(home: string, content: QuickUnlockFile): void {
  const temporary = `${quickUnlockPath(home)}.new`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeSync(descriptor, `${JSON.stringify(content)}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, quickUnlockPath(home))
}

/** The bytes the witness is signed over. */
export function witnessBytes({ vaultId, slotId, witness }: Omit<QuickUnlockFile, 'signature'>): Buffer {
  return Buffer.from(canonicalJson({ format: 'clawkeep-witness-1', vaultId, slotId, witness }), 'utf8')
}

/** The state of the vault that the file remembers, if this key signed it. */
export function witnessIn(
  file: QuickUnlockFile | null,
  publicKey: Buffer,
): (RememberedMark & { readonly passwordAtMs: number }) | null {
  const key = publicKeyOf(publicKey)
  if (file === null || key === null) return null
  return signatureFits(witnessBytes(file), Buffer.from(file.signature, 'base64'), key) ? file.witness : null
}
