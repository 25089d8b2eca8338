import { AppError } from '../../shared/app-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { newId } from '../ids.ts'
import { damagedHeader } from './header.ts'
import { deriveSlotKey, newKdfParams, parseKdfParams } from './kdf.ts'
import type { SlotRow } from './schema.ts'
import { open, seal, type SealBinding } from './seal.ts'

/** A slot opened with a password: the vault key of `epoch`, owned by the caller. */
export type OpenedSlot = { readonly vaultKey: Buffer; readonly epoch: number }

/** Seals the vault key under a new password slot. No verifier is stored: the password is right if the seal opens. */
export async function newPasswordSlot(
  password: string,
  vaultId: string,
  vaultKey: Buffer,
  epoch: number,
): Promise<SlotRow> {
  const kdf = newKdfParams()
  const slot = { id: newId('slt'), kind: 'password', params: canonicalJson(kdf), epoch, revision: 1 }
  const slotKey = await deriveSlotKey(password, kdf)
  try {
    return { ...slot, sealed_vault_key: seal(slotKey, binding(vaultId, slot), vaultKey) }
  } finally {
    slotKey.fill(0)
  }
}

/** The slots a password may open, checked to be safe to derive for. Throws AppError damaged when there is none. */
export function passwordSlots(slots: ReadonlyArray<SlotRow>): ReadonlyArray<SlotRow> {
  const found = slots.filter((slot) => slot.kind === 'password')
  // Each costs one derivation; the file cannot make an attempt arbitrarily long.
  if (found.length === 0 || found.length > 4) throw damagedHeader()
  for (const slot of found) parseKdfParams(slot.params)
  return found
}

/** Tries a password on the slots. Null when none opens. */
export async function openWithPassword(
  password: string,
  vaultId: string,
  slots: ReadonlyArray<SlotRow>,
): Promise<OpenedSlot | null> {
  for (const slot of slots) {
    const slotKey = await deriveSlotKey(password, parseKdfParams(slot.params))
    try {
      return { vaultKey: open(slotKey, binding(vaultId, slot), slot.sealed_vault_key), epoch: slot.epoch }
    } catch {
      // Not this slot: an AEAD that does not open is the only sign of a wrong password.
    } finally {
      slotKey.fill(0)
    }
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

function binding(vaultId: string, slot: Omit<SlotRow, 'sealed_vault_key'>): SealBinding {
  return {
    vaultId,
    purpose: 'key-slot',
    id: slot.id,
    revision: slot.revision,
    epoch: slot.epoch,
    extra: [slot.kind, slot.params],
  }
}
