import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { openDatabase, type Database } from '../../../src/main/db/open.ts'
import { toStorageError } from '../../../src/main/db/storage-error.ts'
import { codeOf } from '../../support/error-code.ts'
import { smallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { temporaryHome } from '../../support/vault.ts'

const options = {
  migrations: ['CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'],
  applicationId: 0x43_4b_74_31,
  what: 'notebook',
}

const openModule = pathToFileURL(join(import.meta.dirname, '../../../src/main/db/open.ts')).href

const homes: string[] = []
let home: string
let file: string

beforeEach(() => {
  home = temporaryHome()
  homes.push(home)
  file = join(home, 'notes.db')
})
afterAll(() => {
  for (const old of homes) rmSync(old, { recursive: true, force: true })
})

function pragma(database: Database, name: string): unknown {
  return database.pragma(name, { simple: true })
}

describe('opening a database', () => {
  it('sets what keeps data through power loss and forgets what was deleted', () => {
    const database = openDatabase(file, options)
    const settings = ['journal_mode', 'synchronous', 'secure_delete', 'temp_store', 'foreign_keys', 'trusted_schema']
    expect(settings.map((name) => pragma(database, name))).toEqual(['wal', 2, 1, 2, 1, 0])
    expect(pragma(database, 'user_version')).toBe(1)
    expect(pragma(database, 'application_id')).toBe(options.applicationId)
    database.close()
  })

  it('makes files that only the owner can read, and closes ones that were opened up', () => {
    const database = openDatabase(file, options)
    database.exec("INSERT INTO notes (text) VALUES ('a')")
    for (const name of [file, `${file}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600)
    database.close()
    chmodSync(file, 0o644)
    openDatabase(file, options).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('runs only the steps that are missing, and none when one of them fails', () => {
    openDatabase(file, options).close()
    const second = 'ALTER TABLE notes ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0'
    expect(() => openDatabase(file, { ...options, migrations: [...options.migrations, second, 'NONSENSE'] })).toThrow(
      'syntax error',
    )
    const database = openDatabase(file, { ...options, migrations: [...options.migrations, second] })
    expect(pragma(database, 'user_version')).toBe(2)
    database.close()
  })

  it('refuses a file of a newer version and leaves it as it was', () => {
    openDatabase(file, {
      ...options,
      migrations: [...options.migrations, 'CREATE TABLE more (id INTEGER) STRICT'],
    }).close()
    const before = readFileSync(file)
    expect(codeOf(() => openDatabase(file, options))).toBe('too_new')
    expect(readFileSync(file)).toEqual(before)
  })

  it.each([
    ['random bytes', () => writeFileSync(file, Buffer.alloc(8192, 'not a database '))],
    [
      "another program's database",
      () => {
        const other = new SqliteDatabase(file)
        other.exec('CREATE TABLE bookmarks (url TEXT)')
        other.close()
      },
    ],
    [
      'a trigger put in from outside',
      () => {
        openDatabase(file, options).close()
        const other = new SqliteDatabase(file)
        other.exec('CREATE TRIGGER undo AFTER INSERT ON notes BEGIN DELETE FROM notes; END')
        other.close()
      },
    ],
  ])('says that it is damaged, and changes nothing: %s', (_name, prepare) => {
    prepare()
    const before = readFileSync(file)
    expect(codeOf(() => openDatabase(file, options))).toBe('damaged')
    expect(readFileSync(file)).toEqual(before)
  })

  it('says that it is in use while another process holds it, and opens when that process was killed', async () => {
    openDatabase(file, options).close()
    const script = `
      const database = new (require('better-sqlite3'))(process.argv[1])
      database.pragma('locking_mode = EXCLUSIVE')
      database.exec("BEGIN EXCLUSIVE")
      console.log('held')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(codeOf(() => openDatabase(file, options))).toBe('in_use')
    child.kill('SIGKILL')
    await once(child, 'exit')
    openDatabase(file, options).close()
  })

  it('lets nobody else in when it is asked to be exclusive', () => {
    const database = openDatabase(file, { ...options, exclusive: true })
    expect(codeOf(() => openDatabase(file, options))).toBe('in_use')
    database.close()
    openDatabase(file, options).close()
  })

  it('says that there is no place for it when a folder or a file is in the way', () => {
    mkdirSync(file)
    expect(codeOf(() => openDatabase(file, options))).toBe('not_found')
    const plain = join(home, 'plain')
    writeFileSync(plain, '')
    expect(codeOf(() => openDatabase(join(plain, 'notes.db'), options))).toBe('not_found')
  })

  it('says that the user may not open it', () => {
    openDatabase(file, options).close()
    chmodSync(home, 0o755)
    chmodSync(file, 0o400)
    // Root may write everywhere, so a process that is root gives that up once it has loaded the code.
    const script = `
      const { openDatabase } = await import(${JSON.stringify(openModule)})
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
      try { openDatabase(process.argv[1], JSON.parse(process.argv[2])) } catch (error) { console.log(error.code) }`
    const run = (path: string): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, path, JSON.stringify(options)], {
        encoding: 'utf8',
      }).trim()
    expect(run(file)).toBe('no_permission')
    chmodSync(home, 0o500)
    expect(run(join(home, 'new.db'))).toBe('no_permission')
    chmodSync(home, 0o700)
  })
})

describe('a disk that cannot be written', () => {
  let disk: SmallDisk

  beforeEach(() => {
    disk = smallDisk(1)
    return () => disk.remove()
  })

  it('says that it is full, keeps what was there, and goes on when there is space again', () => {
    const database = openDatabase(join(disk.folder, 'notes.db'), options)
    const insert = database.prepare('INSERT INTO notes (text) VALUES (?)')
    insert.run('kept')
    disk.fill()
    expect(codeOf(() => toThrow(() => insert.run('x'.repeat(200_000))))).toBe('disk_full')
    expect(database.prepare('SELECT text FROM notes').pluck().all()).toEqual(['kept'])
    disk.empty()
    insert.run('after')
    expect(database.prepare('SELECT text FROM notes').pluck().all()).toEqual(['kept', 'after'])
    database.close()
  })

  it('says that it is full when there is no room to begin with', () => {
    disk.fill()
    expect(codeOf(() => openDatabase(join(disk.folder, 'notes.db'), options))).toBe('disk_full')
  })

  it('says that it is read-only, and leaves the file alone', () => {
    const path = join(disk.folder, 'notes.db')
    openDatabase(path, options).close()
    disk.makeReadOnly()
    expect(codeOf(() => openDatabase(path, options))).toBe('read_only')
    expect(codeOf(() => openDatabase(join(disk.folder, 'new.db'), options))).toBe('read_only')
  })
})

describe('storage errors', () => {
  it('leaves what is not about storage as it is', () => {
    const bug = new TypeError('x is not a function')
    expect(toStorageError(bug, 'vault')).toBe(bug)
    const known = new AppError('locked', 'The vault is locked.')
    expect(toStorageError(known, 'vault')).toBe(known)
  })

  it.each([
    ['SQLITE_IOERR_FSYNC', 'unavailable'],
    ['SQLITE_IOERR_SHORT_READ', 'damaged'],
    ['SQLITE_BUSY_SNAPSHOT', 'in_use'],
    ['SQLITE_READONLY_DBMOVED', 'read_only'],
    ['SQLITE_CORRUPT_INDEX', 'damaged'],
    ['EDQUOT', 'disk_full'],
  ])('takes %s for %s, with a hint and without the text of the cause', (code, expected) => {
    const cause = Object.assign(new Error('/home/ada/secret-name'), { code })
    const error = toStorageError(cause, 'vault') as AppError
    expect(error.code).toBe(expected)
    expect(error.hint).toBeTruthy()
    expect(error.message).not.toContain('ada')
  })
})

function toThrow(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    throw toStorageError(error, options.what)
  }
}
