import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Database } from '../db/open.ts'
import { newKey, type Keys } from './keys.ts'
import { ownKeyLine, type Line } from './manifest-lines.ts'
import { open, seal, type SealBinding } from './seal.ts'
import type { OwnKeyRow } from './schema.ts'

/** The vault's own key pairs: `inbox` takes what arrives while locked (X25519), `audit` signs checkpoints (Ed25519). */
export type OwnKeyName = 'inbox' | 'audit'

/** 32-byte private keys; null when the row was damaged. */
export type OwnKeys = Record<OwnKeyName, Buffer | null>

/** DER up to the 32 raw bytes (RFC 8410): PKCS #8 for private keys, SPKI for public ones. */
const der = {
  inbox: {
    private: Buffer.from('302e020100300506032b656e04220420', 'hex'),
    public: Buffer.from('302a300506032b656e032100', 'hex'),
  },
  audit: {
    private: Buffer.from('302e020100300506032b657004220420', 'hex'),
    public: Buffer.from('302a300506032b6570032100', 'hex'),
  },
} as const

/** A key object that lives as short as the call that made it: the raw bytes are what `wipe` can overwrite. */
export function privateKeyObject(name: OwnKeyName, raw: Buffer): KeyObject {
  const bytes = Buffer.concat([der[name].private, raw])
  try {
    return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
  } finally {
    bytes.fill(0)
  }
}

export function publicKeyObject(name: OwnKeyName, raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([der[name].public, raw]), format: 'der', type: 'spki' })
}

/** The raw 32 bytes of the public key. */
export function publicBytes(name: OwnKeyName, rawPrivate: Buffer): Buffer {
  const spki = createPublicKey(privateKeyObject(name, rawPrivate)).export({ format: 'der', type: 'spki' })
  return spki.subarray(der[name].public.length)
}

/** The key that signs the audit log. Throws AppError damaged when its row was damaged. */
export function auditKeyOf({ audit }: OwnKeys): Buffer {
  if (audit !== null) return audit
  throw new AppError('damaged', "The vault's own signing key is damaged.", {
    hint: 'Put a backup of the vault in its place.',
  })
}

export function signAudit(rawPrivate: Buffer, bytes: Buffer): Buffer {
  return sign(null, bytes, privateKeyObject('audit', rawPrivate))
}

export function newOwnKeys(): Record<OwnKeyName, Buffer> {
  return { inbox: newKey(), audit: newKey() }
}

/**
 * Seals a key into its row, which rotation seals again: a private key by its name, the turn key of a slot by the slot's id.
 * Call inside a transaction; returns the manifest's line.
 */
export function storeOwnKey(
  database: Database,
  keys: Keys,
  vaultId: string,
  id: string,
  raw: Buffer,
  revision = 1,
): Line {
  const row: OwnKeyRow = {
    id,
    revision,
    epoch: keys.epoch,
    sealed: seal(keys.ownKeys, binding(vaultId, id, revision, keys.epoch), raw),
  }
  database
    .prepare('INSERT OR REPLACE INTO own_keys (id, revision, epoch, sealed) VALUES (@id, @revision, @epoch, @sealed)')
    .run(row)
  return ownKeyLine(row)
}

/** Throws when the row does not open. */
export function openOwnKey(keys: Keys, vaultId: string, row: OwnKeyRow): Buffer {
  return open(keys.ownKeys, binding(vaultId, row.id, row.revision, row.epoch), row.sealed)
}

export function wipeOwnKeys(ownKeys: OwnKeys): void {
  ownKeys.inbox?.fill(0)
  ownKeys.audit?.fill(0)
}

function binding(vaultId: string, id: string, revision: number, epoch: number): SealBinding {
  return { vaultId, purpose: 'own-key', id, revision, epoch }
}
