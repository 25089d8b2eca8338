import { AppError } from '../../shared/app-error.ts'
import type { VaultMark } from '../audit/signed.ts'
import type { Clock } from '../clock.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Database } from '../db/open.ts'
import { toStorageError } from '../db/open.ts'
import type { Keys } from './keys.ts'
import { ManifestChange, type Manifest } from './manifest.ts'
import { ItemIndex } from './item-index.ts'
import type { OverviewParts } from './overview-parts.ts'
import type { OwnKeys } from './own-keys.ts'
import type { VaultProblem } from './manifest-check.ts'

/** What there is only while the vault is unlocked. */
export type Session = {
  readonly vaultId: string
  /** Others after a rotation; use them at once and do not keep them. */
  keys: Keys
  readonly ownKeys: OwnKeys
  readonly manifest: Manifest
  readonly parts: OverviewParts
  /** Grows when damage is found later. */
  readonly problems: VaultProblem[]
}

/** What the parts of the vault share: the file, and the session while there is one. */
export class VaultAccess {
  #database: Database
  readonly clock: Clock
  readonly events: ChangeEvents
  session: Session | null = null
  /** Empty while locked. */
  readonly items = new ItemIndex()

  constructor(database: Database, clock: Clock, events: ChangeEvents) {
    this.#database = database
    this.clock = clock
    this.events = events
  }

  get database(): Database {
    return this.#database
  }

  /** Takes the file that was put in the place of the old one, which is closed. */
  takeOver(database: Database): void {
    this.#database = database
  }

  /** Which state of the vault is on the disk; null while it is locked or nothing proves its counter. */
  get mark(): VaultMark | null {
    const counter = this.session?.manifest.counter ?? null
    return this.session === null || counter === null ? null : { epoch: this.session.keys.epoch, counter }
  }

  /** Throws AppError locked. */
  unlocked(): Session {
    if (this.session === null)
      throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock it with the password.' })
    return this.session
  }

  /** Work with pauses asks after each: throws AppError locked when the vault was locked since, also when it was unlocked again. */
  goOn(session: Session): void {
    if (this.session !== session)
      throw new AppError('locked', 'The vault was locked meanwhile.', { hint: 'Unlock it and try again.' })
  }

  /** Reads from the file; what SQLite throws becomes a storage error. */
  read<T>(run: (database: Database) => T): T {
    try {
      return run(this.database)
    } catch (error) {
      throw toStorageError(error, 'vault')
    }
  }

  /** Runs a change and the manifest's part of it in one transaction; durable when it returns, nothing at all when it throws. */
  write<T>(run: (change: ManifestChange, session: Session) => T): T {
    const session = this.unlocked()
    const change = new ManifestChange()
    try {
      const { result, takeOver } = this.database
        .transaction(() => {
          const result = run(change, session)
          const { takeOver, linesOf } = session.manifest.save(change)
          const overviewOf = (id: string) => change.overviews.get(id) ?? this.items.find(id)
          const { vaultId, keys, parts } = session
          const saved = parts.save(this.database, {
            change,
            vaultId,
            keys: change.nextKeys ?? keys,
            linesOf,
            overviewOf,
          })
          return { result, takeOver: [takeOver, saved] }
        })
        .immediate()
      for (const run of takeOver) run()
      return result
    } catch (error) {
      throw toStorageError(error, 'vault')
    }
  }
}
