import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../canonical-json.ts'
import { damagedHeader } from './header.ts'
import { deriveKey } from './keys.ts'
import type { SlotRow } from './schema.ts'
import { openSlot, sealSlot, slotsOfKind, type NewSlot, type OpenedSlot, type SlotContent } from './slot-seal.ts'

/** The kinds of slots that 256 random bits open: those of the recovery words, and those the computer's keychain keeps. */
export type RandomSlotKind = 'recovery' | 'keychain'

const labels: Readonly<Record<RandomSlotKind, string>> = {
  recovery: 'clawkeep/1 recovery-slot',
  keychain: 'clawkeep/1 keychain-slot',
}
const saltBytes = 32

const Params = z.strictObject({
  kdf: z.literal('hkdf-sha256'),
  /** base64url of 32 bytes. */
  salt: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
})

/** A slot that 256 random bits open, by HKDF-SHA-256 (RFC 5869): nothing to guess, so nothing to slow down. */
export function newRandomSlot(kind: RandomSlotKind, key: Buffer, content: SlotContent): NewSlot {
  const salt = randomBytes(saltBytes)
  const slotKey = deriveKey(key, salt, labels[kind])
  try {
    const params = canonicalJson({ kdf: 'hkdf-sha256', salt: salt.toString('base64url') })
    return sealSlot(slotKey, { kind, params }, content)
  } finally {
    slotKey.fill(0)
  }
}

/** Tries the bits on the slots of this kind. Null when they open none. Throws AppError damaged. */
export function openWithRandomKey(
  kind: RandomSlotKind,
  key: Buffer,
  vaultId: string,
  slots: ReadonlyArray<SlotRow>,
): OpenedSlot | null {
  for (const slot of slotsOfKind(slots, kind)) {
    const slotKey = deriveKey(key, saltOf(slot), labels[kind])
    const opened = openSlot(slotKey, vaultId, slot)
    slotKey.fill(0)
    if (opened !== null) return opened
  }
  return null
}

function saltOf(slot: SlotRow): Buffer {
  try {
    return Buffer.from(Params.parse(JSON.parse(slot.params)).salt, 'base64url')
  } catch {
    throw damagedHeader()
  }
}
