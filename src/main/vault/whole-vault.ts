import { AppError } from '../../shared/app-error.ts'
import type { Session, VaultAccess } from './access.ts'
import type { Examination } from './examine.ts'
import type { Header } from './header.ts'
import type { KeySlots } from './key-slots.ts'
import { copyKey, deriveKeys, newKey, wipeKeys } from './keys.ts'
import { paced, stopIfAborted, type Course } from './paced.ts'
import { readManifestRow } from './manifest-file.ts'
import { counterToExceed, type FindNewer } from './older-vault.ts'
import { asideName, putInPlace } from './put-in-place.ts'
import { emptyLog } from './replace-slots.ts'
import { rescue } from './rescue.ts'
import { prepareRestore } from './restore.ts'
import { refuseProblems, turnRows } from './rotation.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { snapshot } from './snapshot.ts'

/** What the whole vault needs of `Vault`. */
type Parts = {
  readonly access: VaultAccess
  readonly slots: () => KeySlots
  /** One at a time with everything that opens or changes a slot. */
  readonly inTurn: <T>(run: () => Promise<T>) => Promise<T>
  readonly onLock: (listener: () => void) => () => void
  readonly file: string
  readonly findNewer: FindNewer
  /** Keeps attached files from being deleted until the returned function is called. */
  readonly holdFiles: () => () => void
  /** Locks the vault and closes its file while `swap` runs. */
  readonly replaceFile: (swap: (file: string) => void) => void
}

/**
 * What is done with the vault as a whole: copies, checks, rescue, rotation, restore. It runs beside the daily work and is stopped by
 * the signal of its course. All but `restore` is also stopped by a lock and throws AppError locked while the vault is locked.
 */
export class WholeVault {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The version number of the vault key. */
  get epoch(): number {
    return this.#parts.access.unlocked().keys.epoch
  }

  /** Epoch milliseconds of the making of the vault. */
  get createdAtMs(): number {
    return this.#parts.slots().present().row.created_at_ms
  }

  /**
   * Puts a copy as of one moment into a new file and opens every row of it. The copy stays, whatever was found: the caller decides.
   * Throws storage errors, AppError cancelled; then there is no file.
   */
  async copyTo(file: string, course: Course): Promise<Examination> {
    return this.#whileUnlocked(course, (watched, session) =>
      withSlot(session, async (slot) => {
        const release = this.#parts.holdFiles()
        try {
          return await snapshot(this.#parts.access.database, file, slot, watched)
        } finally {
          release()
        }
      }),
    )
  }

  /** Writes what opens of a copied vault into a new file. Throws storage errors, AppError cancelled, damaged. */
  async rescueInto(file: string, copy: string, course: Course): Promise<void> {
    return this.#whileUnlocked(course, (watched, session) =>
      withSlot(session, (slot) => {
        const counterAbove = this.#counterToExceed(this.#parts.slots().present())
        return rescue({ damaged: copy, file, slot, counterAbove }, watched)
      }),
    )
  }

  /**
   * Gives the vault a new key: epoch n+1. `beforeWriting` runs after the pre-flight, makes the backup in which every row is opened to its
   * last part, and refuses by throwing. Durable when it resolves, with no wrap of the old key left in the file. Throws AppError damaged
   * when a key does not open, cancelled, conflict for a slot of an earlier version, storage errors; then everything is as it was.
   */
  async rotate(course: Course, beforeWriting: () => Promise<void>): Promise<void> {
    const { access, slots, inTurn } = this.#parts
    await inTurn(() =>
      this.#whileUnlocked(course, async (watched, session) => {
        refuseProblems(session)
        const next = deriveKeys(newKey(), session.vaultId, session.keys.epoch + 1)
        try {
          const turned = await paced(turnRows(access, session, next), watched, countRows(access))
          await beforeWriting()
          stopIfAborted(watched.signal)
          slots().writeEpoch(turned, next)
        } catch (error) {
          wipeKeys(next)
          throw error
        }
        const old = session.keys
        session.keys = next
        wipeKeys(old)
        emptyLog(access.database)
      }),
    )
  }

  /**
   * Puts a backup of this vault (of any, while there is none) in its place, checked row by row before; the old file is kept aside under
   * the name returned. Also while locked; the vault is locked then. Throws AppError wrong_password, throttled, conflict for another
   * vault's, damaged, cancelled, storage errors; then nothing was changed.
   */
  async restore(
    { from, password }: { from: string; password: string },
    course: Course,
  ): Promise<{ items: number; keptAside: string | null }> {
    const { access, slots, inTurn, file, holdFiles } = this.#parts
    return inTurn(async () => {
      const into = `${file}.restoring`
      const isNew = slots().header === null
      const open = (header: Header): Promise<OpenedSlot> => slots().openBackup(header, password)
      // What is removed meanwhile may be a file of the backup.
      const release = holdFiles()
      try {
        const { items } = await prepareRestore(
          {
            from,
            into,
            clock: access.clock,
            open,
            knowsLog: () => !isNew,
            counterAbove: (header) => this.#counterToExceed(header),
          },
          course,
        )
        return { items, keptAside: this.#replace(into, isNew ? null : 'before-restore') }
      } finally {
        release()
      }
    })
  }

  /** Puts a checked file in the place of the vault's, which is kept aside under the name returned; the vault is locked then. */
  async putInPlace(next: string): Promise<string | null> {
    return this.#parts.inTurn(async () => this.#replace(next, 'damaged'))
  }

  #counterToExceed({ row }: Header): number {
    const { access, findNewer } = this.#parts
    const present = access.session?.manifest.counter ?? readManifestRow(access.database)?.counter
    const remembered = findNewer({ epoch: 0, counter: 0, publicKey: row.audit_public })?.counter
    return counterToExceed([present ?? 0, remembered ?? 0])
  }

  #replace(next: string, why: 'before-restore' | 'damaged' | null): string | null {
    const { access, file, replaceFile } = this.#parts
    const aside = why === null ? null : asideName(file, why, access.clock.now())
    replaceFile(() => putInPlace(file, next, aside))
    return aside
  }

  async #whileUnlocked<T>(course: Course, run: (course: Course, session: Session) => Promise<T>): Promise<T> {
    const session = this.#parts.access.unlocked()
    const locked = new AbortController()
    const end = this.#parts.onLock(() => {
      locked.abort(
        new AppError('cancelled', 'The vault was locked meanwhile. Nothing was changed.', {
          hint: 'Unlock it and try again.',
        }),
      )
    })
    try {
      return await run({ ...course, signal: AbortSignal.any([course.signal, locked.signal]) }, session)
    } finally {
      end()
    }
  }
}

function countRows(access: VaultAccess): number {
  const query = 'SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM records)'
  return Number(access.read((database) => database.prepare(query).pluck().get()))
}

async function withSlot<T>({ keys }: Session, run: (slot: OpenedSlot) => Promise<T>): Promise<T> {
  const vaultKey = copyKey(keys.vaultKey)
  try {
    return await run({ vaultKey, epoch: keys.epoch })
  } finally {
    vaultKey.fill(0)
  }
}
