import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { canonicalJson } from '../canonical-json.ts'
import type { CheckpointRow } from './audit-store.ts'

/** Signs with the vault's audit key; `publicKey` is the raw 32 bytes of Ed25519. */
export type Signer = { sign(bytes: Buffer): Buffer; publicKey: Buffer }

/** Which state of the vault: the version of its key, and how often it was written to. */
export type VaultMark = { readonly epoch: number; readonly counter: number }

/**
 * The bytes a checkpoint signs: so many entries, this root, at this time, in this segment, and the state of the vault by then (null:
 * it was signed before there were such marks).
 */
export function checkpointBytes(body: {
  size: number
  root: Buffer
  atMs: number
  segment: number
  vault: VaultMark | null
}): Buffer {
  const { size, atMs, segment, vault } = body
  const common = { size, root: body.root.toString('hex'), atMs, segment }
  const signed =
    vault === null
      ? { format: 'clawkeep-audit-checkpoint-1', ...common }
      : {
          format: 'clawkeep-audit-checkpoint-2',
          ...common,
          vault: { epoch: vault.epoch, counter: vault.counter },
        }
  return Buffer.from(canonicalJson(signed), 'utf8')
}

/** The bytes that a checkpoint of the log was signed over. */
export function bytesOf(row: CheckpointRow): Buffer {
  const { size, root, at_ms: atMs, segment, vault_epoch: epoch, vault_counter: counter } = row
  return checkpointBytes({
    size,
    root,
    atMs,
    segment,
    vault: epoch === null || counter === null ? null : { epoch, counter },
  })
}

/** The bytes a segment signs when it begins: its number, its first entry and the commitment to its first key. */
export function segmentBytes(body: { number: number; first: number; commitment: Buffer }): Buffer {
  const { number, first } = body
  return Buffer.from(
    canonicalJson({ format: 'clawkeep-audit-segment-1', number, first, key: body.commitment.toString('hex') }),
    'utf8',
  )
}

// SubjectPublicKeyInfo of an Ed25519 key up to the key itself, RFC 8410 section 4.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const ed25519KeyBytes = 32
const ed25519SignatureBytes = 64

/** A raw Ed25519 public key as node:crypto wants it; null for bytes that are no key. */
export function publicKeyOf(raw: Buffer): KeyObject | null {
  if (raw.length !== ed25519KeyBytes) return null
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** Whether the signature over these bytes is this key's. */
export function signatureFits(bytes: Buffer, signature: Buffer, key: KeyObject): boolean {
  return signature.length === ed25519SignatureBytes && verify(null, bytes, key, signature)
}

/** The first 16 hex digits of the key's SHA-256 in groups of four, to compare by eye. */
export function fingerprintOf(publicKey: Buffer): string {
  const digits = hash('sha256', publicKey, 'hex').slice(0, 16)
  return digits.match(/.{4}/g)?.join(' ') ?? digits
}
