import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { openDatabase, toStorageError, type Database } from '../../../src/main/db/open.ts'
import { VaultAccess, type Session } from '../../../src/main/vault/access.ts'
import { readHeader } from '../../../src/main/vault/header.ts'
import { Items } from '../../../src/main/vault/items.ts'
import { openWithPassword } from '../../../src/main/vault/password-slot.ts'
import { copyKey, wipeKeys } from '../../../src/main/vault/keys.ts'
import { Records } from '../../../src/main/vault/records.ts'
import { vaultApplicationId, vaultMigrations } from '../../../src/main/vault/schema.ts'
import type { OpenedSlot } from '../../../src/main/vault/slot-seal.ts'
import { startSession } from '../../../src/main/vault/unlock.ts'
import type { TestVault } from '../../support/vault.ts'

/** What a vault file gives once it is open. */
export type Opened = {
  readonly session: Session
  readonly items: Items
  readonly records: Records
  /** `table id` of every problem. */
  readonly named: ReadonlyArray<string>
  readonly database: Database
  close(): void
}

/** Copies of one vault file, to be tampered with and opened with its key: everything of an unlock but the derivation. */
export class VaultFiles {
  readonly #home: string
  readonly #slot: OpenedSlot
  #count = 0

  private constructor(home: string, slot: OpenedSlot) {
    this.#home = home
    this.#slot = slot
  }

  /** Closes the vault it is given. */
  static async of(vault: TestVault): Promise<VaultFiles> {
    vault.vault.close()
    const database = open(vault.file)
    const header = readHeader(database)
    const slot = header && (await openWithPassword(vault.password, header.row.vault_id, header.slots))
    database.close()
    if (slot === null) throw new Error('The test vault does not open')
    return new VaultFiles(vault.home, slot)
  }

  copy(from: string): string {
    this.#count += 1
    const to = join(this.#home, `copy-${this.#count}.db`)
    rmSync(to, { force: true })
    copyFileSync(from, to)
    return to
  }

  open(file: string): Opened {
    const database = open(file)
    try {
      const header = readHeader(database)
      if (header === null) throw new Error('No vault in this file')
      const access = new VaultAccess(database, systemClock, new ChangeEvents())
      const { session, items: held } = startSession(database, header, {
        vaultKey: copyKey(this.#slot.vaultKey),
        epoch: this.#slot.epoch,
      })
      access.session = session
      const items = new Items(access)
      items.load(held)
      return {
        session,
        items,
        records: new Records(access),
        named: session.problems.map(({ table, id }) => `${table} ${id}`),
        database,
        close() {
          wipeKeys(session.keys)
          database.close()
        },
      }
    } catch (error) {
      database.close()
      throw toStorageError(error, 'vault')
    }
  }
}

/** Changes a closed file from outside, as another program would. */
export function tamper(file: string, change: (database: SqliteDatabase.Database) => void): void {
  const database = new SqliteDatabase(file)
  try {
    database.pragma('synchronous = OFF')
    change(database)
  } finally {
    database.close()
  }
}

function open(file: string): Database {
  return openDatabase(file, {
    migrations: vaultMigrations,
    applicationId: vaultApplicationId,
    what: 'vault',
    exclusive: true,
  })
}
