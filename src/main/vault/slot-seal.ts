import { newId } from '../ids.ts'
import { damagedHeader } from './header.ts'
import type { SlotRow } from './schema.ts'
import { open, seal, type SealBinding } from './seal.ts'

/** A way to open the vault. */
export type SlotKind = 'password' | 'recovery'

/** What an opened slot held: the vault key of `epoch`, owned by the caller. */
export type OpenedSlot = { readonly vaultKey: Buffer; readonly epoch: number }

/** What a new slot is made for; the vault key stays the caller's. */
export type SlotContent = { readonly vaultId: string } & OpenedSlot

/** Seals the vault key under a slot key. No verifier is stored: what is typed is right if the seal opens. */
export function sealSlot(
  slotKey: Buffer,
  { kind, params }: { kind: SlotKind; params: string },
  { vaultId, vaultKey, epoch }: SlotContent,
): SlotRow {
  const slot = { id: newId('slt'), kind, params, epoch, revision: 1 }
  return { ...slot, sealed_vault_key: seal(slotKey, binding(vaultId, slot), vaultKey) }
}

/** Tries a slot key. Null when the slot does not open: the only sign that what was typed is wrong. */
export function openSlot(slotKey: Buffer, vaultId: string, slot: SlotRow): OpenedSlot | null {
  try {
    return { vaultKey: open(slotKey, binding(vaultId, slot), slot.sealed_vault_key), epoch: slot.epoch }
  } catch {
    return null
  }
}

/** The slots of one kind. Throws AppError damaged for more than there can be: the file cannot make an attempt long. */
export function slotsOfKind(slots: ReadonlyArray<SlotRow>, kind: SlotKind): ReadonlyArray<SlotRow> {
  const found = slots.filter((slot) => slot.kind === kind)
  if (found.length > 4) throw damagedHeader()
  return found
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
