import type { ChangeEvents } from './change-events.ts'
import type { Vault } from './vault/vault.ts'

const recordKind = 'recovery-words'
const recordId = 'unconfirmed'

type Parts = { readonly vault: Pick<Vault, 'state' | 'records'>; readonly events: ChangeEvents }

/**
 * Whether the recovery words were shown in the window and nobody has said yet that they are on paper; false while the vault is locked.
 * A lock or a crash at that moment takes them off the screen for good.
 */
export function areWordsUnconfirmed({ vault }: Pick<Parts, 'vault'>): boolean {
  return vault.state === 'unlocked' && vault.records.get(recordKind, recordId) !== undefined
}

/** Keeps that new words are shown now. Throws AppError locked, storage errors. */
export function noteWordsShown({ vault, events }: Parts): void {
  vault.records.put(recordKind, recordId, {})
  events.emit('status')
}

/** Keeps that somebody has the words, or that there are none any more. Throws AppError locked, storage errors. */
export function noteWordsConfirmed({ vault, events }: Parts): void {
  if (vault.records.get(recordKind, recordId) === undefined) return
  vault.records.remove(recordKind, recordId)
  events.emit('status')
}
