import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { DiskPace } from './disk-pace.ts'
import type { Database } from './open.ts'

const flush = promisify(fdatasync)

/**
 * Makes the commits of a file opened with `syncedByCaller` durable, off the main thread where the caller can wait: the
 * event loop goes on while the disk works. Only the `-wal` file is opened, which carries no lock of SQLite's.
 */
export class WalSync {
  readonly #db: Database
  #fd: number | null = null
  #failed = false
  #running = 0
  readonly #pace = new DiskPace()
  #closed = false

  constructor(db: Database) {
    this.#db = db
  }

  /** All that was committed before the call is on disk when it resolves. Rejects with the system's error. */
  async sync(): Promise<void> {
    if (this.#failed) return this.syncNow()
    const fd = this.#open()
    this.#running++
    const startedMs = performance.now()
    try {
      await flush(fd)
      this.#pace.tookAside(performance.now() - startedMs)
    } catch (error) {
      this.#failed = true
      throw error
    } finally {
      this.#running--
      if (this.#closed) this.close()
    }
  }

  /** Whether the disk is now so quick that waiting for it in place costs nothing. */
  get isQuick(): boolean {
    return this.#pace.isQuick
  }

  /** The same before it returns. After a failure the whole log is moved into the database: a second fdatasync may lie about what the first one lost. */
  syncNow(): void {
    if (this.#failed) this.#db.pragma('wal_checkpoint(TRUNCATE)')
    this.#failed = true
    const startedMs = performance.now()
    fdatasyncSync(this.#open())
    this.#pace.tookInPlace(performance.now() - startedMs)
    this.#failed = false
  }

  /** Before the database is closed, which removes the file. What is still running ends first: its number must not become another file's. */
  close(): void {
    this.#closed = true
    if (this.#running > 0 || this.#fd === null) return
    closeSync(this.#fd)
    this.#fd = null
  }

  #open(): number {
    this.#fd ??= openSync(`${this.#db.name}-wal`, 'r+')
    return this.#fd
  }
}
