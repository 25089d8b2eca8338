import { AppError } from '../../shared/app-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { damagedHeader } from './header.ts'
import { deriveSlotKey, newKdfParams, parseKdfParams } from './kdf.ts'
import type { SlotRow } from './schema.ts'
import { openSlot, sealSlot, slotsOfKind, type NewSlot, type OpenedSlot, type SlotContent } from './slot-seal.ts'

/** A slot that the password opens, by Argon2id with the parameters it carries. */
export async function newPasswordSlot(password: string, content: SlotContent, kdf = newKdfParams()): Promise<NewSlot> {
  const slotKey = await deriveSlotKey(password, kdf)
  try {
    return sealSlot(slotKey, { kind: 'password', params: canonicalJson(kdf) }, content)
  } finally {
    slotKey.fill(0)
  }
}

/**
 * Tries a password. Null when it opens no slot. Throws AppError damaged when there is none to try, or before anything is
 * derived when one carries parameters that are not safe to derive for.
 */
export async function openWithPassword(
  password: string,
  vaultId: string,
  slots: ReadonlyArray<SlotRow>,
): Promise<OpenedSlot | null> {
  const tried = slotsOfKind(slots, 'password').map((slot) => ({ slot, kdf: parseKdfParams(slot.params) }))
  if (tried.length === 0) throw damagedHeader()
  for (const { slot, kdf } of tried) {
    const slotKey = await deriveSlotKey(password, kdf)
    const opened = openSlot(slotKey, vaultId, slot)
    slotKey.fill(0)
    if (opened !== null) return opened
  }
  return null
}

/** Throws AppError invalid; the length rules for new passwords are the same in the window and the CLI. */
export function checkNewPassword(password: string): void {
  const length = [...password].length
  if (length < 10)
    throw new AppError('invalid', 'The password is too short.', {
      hint: 'Use at least 10 characters; a few random words are best.',
    })
  if (length > 1024)
    throw new AppError('invalid', 'The password is too long.', { hint: 'Use at most 1,024 characters.' })
}
