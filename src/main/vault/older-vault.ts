import { AppError } from '../../shared/app-error.ts'
import { toStorageError, type Database } from '../db/open.ts'
import type { Session, VaultAccess } from './access.ts'
import type { Header } from './header.ts'
import { wipeKeys } from './keys.ts'
import { publicBytes, wipeOwnKeys } from './own-keys.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { startSession, type StartedSession } from './unlock.ts'

/** A state of this vault, by how often it was written to; `publicKey` is that of its audit key, raw. Null is what nothing proves. */
export type VaultState = { readonly epoch: number; readonly counter: number | null; readonly publicKey: Buffer | null }

/** A newer state of the vault, remembered outside its file. */
export type NewerState = { readonly counter: number; readonly refusal: AppError }

/**
 * Says what outside the vault file remembers a newer state of it; null when nothing does. `refusal` is what the person is told who
 * opens the older one. Attack: an older vault file put back, in which revoked keys and removed rules work again.
 */
export type FindNewer = (state: VaultState) => NewerState | null

/** Opens an older vault file as it is: the person was told and wants that. */
export type OpenHow = { readonly acceptOlder?: boolean }

/** More writes than happen to the old file between the making of the one that replaces it and the replacing. */
const stepOfReplacement = 2 ** 20

/** No vault is written to so often. */
const mostWrites = 2 ** 50

/**
 * What the counter of a file must exceed that takes the place of others with these counters, so that nobody takes it for an older one.
 * Attack: a counter written from outside that leaves no room above it.
 */
export function counterToExceed(counters: ReadonlyArray<number>): number {
  return Math.max(0, ...counters.filter((counter) => counter <= mostWrites)) + stepOfReplacement
}

/**
 * As `startSession`; refuses a file that is older than one that is remembered, unless the person accepts it. `makeNewest`, called with the
 * open vault, then makes it the newest of all, so that nothing speaks against it any more. Throws storage errors, the refusal.
 */
export function startNewest(
  database: Database,
  header: Header,
  slot: OpenedSlot,
  { find, how }: { readonly find: FindNewer; readonly how: OpenHow },
): StartedSession & { readonly makeNewest: (access: VaultAccess) => void } {
  try {
    const started = startSession(database, header, slot)
    const newer = newerThan(started.session, header, find)
    if (newer !== null && how.acceptOlder !== true) {
      wipeOwnKeys(started.session.ownKeys)
      wipeKeys(started.session.keys)
      throw newer.refusal
    }
    return { ...started, makeNewest: (access) => newer !== null && writeNewer(access, newer.counter) }
  } catch (error) {
    throw toStorageError(error, 'vault')
  }
}

/** Attack: an older file whose counter was raised, or whose audit key was taken away so that the log seems another vault's. */
function newerThan({ manifest, keys, ownKeys }: Session, { row }: Header, find: FindNewer): NewerState | null {
  const { counter } = manifest
  const inHeader = counter === null ? null : row.audit_public
  const publicKey = ownKeys.audit === null ? inHeader : publicBytes('audit', ownKeys.audit)
  return find({ epoch: keys.epoch, counter, publicKey })
}

function writeNewer(access: VaultAccess, counter: number): void {
  try {
    access.write((change) => {
      change.counterAbove = counter
    })
  } catch (error) {
    // A full disk, or a file that is damaged besides: it stays an older one, and the question comes again at the next unlock.
    if (!(error instanceof AppError)) throw error
  }
}
