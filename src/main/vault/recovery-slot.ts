import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { damagedHeader } from './header.ts'
import { deriveKey } from './keys.ts'
import type { SlotRow } from './schema.ts'
import { openSlot, sealSlot, slotsOfKind, type NewSlot, type OpenedSlot, type SlotContent } from './slot-seal.ts'

const label = 'clawkeep/1 recovery-slot'
const saltBytes = 32

const RecoveryParams = z.strictObject({
  kdf: z.literal('hkdf-sha256'),
  /** base64url of 32 bytes. */
  salt: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
})

/** A slot that 256 random bits open, by HKDF-SHA-256 (RFC 5869): nothing to guess, so nothing to slow down. */
export function newRecoverySlot(key: Buffer, content: SlotContent): NewSlot {
  const salt = randomBytes(saltBytes)
  const slotKey = deriveKey(key, salt, label)
  try {
    const params = canonicalJson({ kdf: 'hkdf-sha256', salt: salt.toString('base64url') })
    return sealSlot(slotKey, { kind: 'recovery', params }, content)
  } finally {
    slotKey.fill(0)
  }
}

/** Tries the bits of recovery words. Null when they open no slot. Throws AppError not_found when there is none, damaged. */
export function openWithRecoveryKey(key: Buffer, vaultId: string, slots: ReadonlyArray<SlotRow>): OpenedSlot | null {
  const tried = slotsOfKind(slots, 'recovery')
  if (tried.length === 0) {
    throw new AppError('not_found', 'This vault has no recovery words.', { hint: 'Only the password opens it.' })
  }
  for (const slot of tried) {
    const slotKey = deriveKey(key, saltOf(slot), label)
    const opened = openSlot(slotKey, vaultId, slot)
    slotKey.fill(0)
    if (opened !== null) return opened
  }
  return null
}

function saltOf(slot: SlotRow): Buffer {
  try {
    return Buffer.from(RecoveryParams.parse(JSON.parse(slot.params)).salt, 'base64url')
  } catch {
    throw damagedHeader()
  }
}
