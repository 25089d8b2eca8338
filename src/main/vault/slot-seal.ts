import { diffieHellman } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { newId } from '../ids.ts'
import { damagedHeader } from './header.ts'
import { deriveKey, newKey } from './keys.ts'
import { privateKeyObject, publicBytes, publicKeyObject } from './own-keys.ts'
import type { SlotRow } from './schema.ts'
import { open, seal, type SealBinding } from './seal.ts'

/** A way to open the vault. */
export type SlotKind = 'password' | 'recovery' | 'keychain'

/** What an opened slot held: the vault key of `epoch`, owned by the caller. */
export type OpenedSlot = { readonly vaultKey: Buffer; readonly epoch: number }

/** What a new slot is made for; the vault key stays the caller's. */
export type SlotContent = { readonly vaultId: string } & OpenedSlot

/** A slot, and the key that rotation needs to seal the next vault key into it; it is kept sealed among the own keys. */
export type NewSlot = { readonly row: SlotRow; readonly turnKey: Buffer }

/** First byte of a slot that rotation can seal anew; the slots of earlier versions begin with the version of their seal, 1. */
const turningForm = 2
const publicKeyBytes = 32
const headBytes = 1 + 2 * publicKeyBytes

/**
 * Seals the vault key under a slot key. No verifier is stored: what is typed is right if the seal opens. So that rotation
 * needs neither password nor words, the slot key gives a key pair (X25519) and a turn key. Form: 2 ‖ slot's public key 32 ‖
 * ephemeral public key 32 ‖ seal under HKDF-SHA-256(X25519 secret ‖ turn key). The turn key keeps out who can write the file, and
 * who might break X25519 one day; the key pair keeps out who learned the turn key with an old vault key.
 */
export function sealSlot(
  slotKey: Buffer,
  { kind, params }: { kind: SlotKind; params: string },
  content: SlotContent,
): NewSlot {
  const { agree, turn: turnKey } = keysOf(slotKey, content.vaultId)
  try {
    const slot = { id: newId('slt'), kind, params, revision: 1 }
    return { row: sealedRow(slot, publicBytes('inbox', agree), turnKey, content), turnKey }
  } finally {
    agree.fill(0)
  }
}

/** The same slot with the vault key of another epoch. Throws AppError conflict for a slot of an earlier version. */
export function turnSlot(slot: SlotRow, turnKey: Buffer | null, content: SlotContent): SlotRow {
  const slotPublic = publicKeyOf(slot)
  if (slotPublic === null || turnKey === null) {
    throw new AppError('conflict', 'This vault has a way in that an earlier Clawkeep made.', {
      hint: 'Change the password and make new recovery words first; then rotate.',
    })
  }
  return sealedRow(slot, slotPublic, turnKey, content)
}

/** Tries a slot key. Null when the slot does not open: the only sign that what was typed is wrong. */
export function openSlot(slotKey: Buffer, vaultId: string, slot: SlotRow): OpenedSlot | null {
  try {
    const vaultKey =
      publicKeyOf(slot) === null ? openEarlier(slotKey, vaultId, slot) : openTurning(slotKey, vaultId, slot)
    return { vaultKey, epoch: slot.epoch }
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

function sealedRow(
  { id, kind, params, revision }: Pick<SlotRow, 'id' | 'kind' | 'params' | 'revision'>,
  slotPublic: Buffer,
  turnKey: Buffer,
  { vaultId, vaultKey, epoch }: SlotContent,
): SlotRow {
  const slot = { id, kind, params, epoch, revision }
  const ephemeral = newKey()
  const ephemeralPublic = publicBytes('inbox', ephemeral)
  const key = sealKey({ own: ephemeral, other: slotPublic, ephemeralPublic, slotPublic, turnKey })
  ephemeral.fill(0)
  try {
    const sealed = seal(key, binding(vaultId, slot, slotPublic), vaultKey)
    return { ...slot, sealed_vault_key: Buffer.concat([Buffer.of(turningForm), slotPublic, ephemeralPublic, sealed]) }
  } finally {
    key.fill(0)
  }
}

function openTurning(slotKey: Buffer, vaultId: string, slot: SlotRow): Buffer {
  const blob = slot.sealed_vault_key
  const { agree, turn: turnKey } = keysOf(slotKey, vaultId)
  const slotPublic = publicBytes('inbox', agree)
  const ephemeralPublic = blob.subarray(1 + publicKeyBytes, headBytes)
  let key: Buffer | undefined
  try {
    if (!slotPublic.equals(blob.subarray(1, 1 + publicKeyBytes))) throw new Error('Another key pair')
    key = sealKey({ own: agree, other: ephemeralPublic, ephemeralPublic, slotPublic, turnKey })
    return open(key, binding(vaultId, slot, slotPublic), blob.subarray(headBytes))
  } finally {
    agree.fill(0)
    turnKey.fill(0)
    key?.fill(0)
  }
}

function openEarlier(slotKey: Buffer, vaultId: string, slot: SlotRow): Buffer {
  return open(slotKey, binding(vaultId, slot), slot.sealed_vault_key)
}

function keysOf(slotKey: Buffer, vaultId: string): { agree: Buffer; turn: Buffer } {
  const salt = Buffer.from(vaultId, 'utf8')
  return {
    agree: deriveKey(slotKey, salt, 'clawkeep/1 slot-agree'),
    turn: deriveKey(slotKey, salt, 'clawkeep/1 slot-turn'),
  }
}

function sealKey(parts: {
  own: Buffer
  other: Buffer
  ephemeralPublic: Buffer
  slotPublic: Buffer
  turnKey: Buffer
}): Buffer {
  const shared = diffieHellman({
    privateKey: privateKeyObject('inbox', parts.own),
    publicKey: publicKeyObject('inbox', parts.other),
  })
  const secret = Buffer.concat([shared, parts.turnKey])
  try {
    return deriveKey(secret, Buffer.concat([parts.ephemeralPublic, parts.slotPublic]), 'clawkeep/1 slot-seal')
  } finally {
    shared.fill(0)
    secret.fill(0)
  }
}

function publicKeyOf({ sealed_vault_key: blob }: SlotRow): Buffer | null {
  return blob[0] === turningForm && blob.length > headBytes ? blob.subarray(1, 1 + publicKeyBytes) : null
}

function binding(vaultId: string, slot: Omit<SlotRow, 'sealed_vault_key'>, slotPublic?: Buffer): SealBinding {
  return {
    vaultId,
    purpose: 'key-slot',
    id: slot.id,
    revision: slot.revision,
    epoch: slot.epoch,
    extra: [slot.kind, slot.params, ...(slotPublic === undefined ? [] : [slotPublic.toString('base64url')])],
  }
}
