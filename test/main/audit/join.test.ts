import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyAuditFile } from '../../../src/main/audit/verify-file.ts'
import type { AuditFilter } from '../../../src/shared/models/audit.ts'
import { append, call, openHome, password, temporaryFolder } from './audit-home.ts'
import { edited, repaired, replaceAll, rowsOf } from './tampering.ts'

const all: AuditFilter = { limit: 500 }

/** Changes a closed log file like someone with an SQLite tool, and puts the triggers back. */
function changeFile(file: string, change: (db: SqliteDatabase.Database) => void): void {
  const db = new SqliteDatabase(file)
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as Array<{
    name: string
    sql: string
  }>
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`)
  change(db)
  for (const { sql } of triggers) db.exec(sql)
  db.close()
}

function save(home: { folder: string }, name: string): void {
  for (const file of ['audit.db', 'vault.db']) copyFileSync(`${home.folder}/${file}`, `${home.folder}/${name}-${file}`)
}

function restore(home: { folder: string }, name: string, files: ReadonlyArray<string>): void {
  for (const file of files) {
    for (const part of ['-wal', '-shm']) rmSync(`${home.folder}/${file}${part}`, { force: true })
    copyFileSync(`${home.folder}/${name}-${file}`, `${home.folder}/${file}`)
  }
}

const template = mkdtempSync(join(tmpdir(), 'clawkeep-audit-template-'))
afterAll(() => rmSync(template, { recursive: true }))
beforeAll(async () => {
  const { vault, log, close } = openHome(template, () => {})
  await vault.create(password)
  await append(log, 8)
  close()
})

/** A home with a vault and ten entries, closed. */
function closedHome() {
  const folder = temporaryFolder()
  cpSync(template, folder, { recursive: true })
  return { folder, file: join(folder, 'audit.db') }
}

const fits = { ok: true, unsigned: 0, firstBad: null }

describe('a whole log', () => {
  test('what was written before the vault was made is signed when it is made', async () => {
    const { log, vault } = openHome()
    await append(log, 3)
    expect(log.verify()).toMatchObject({ ok: true, unsigned: 4, checkpoints: 0 })
    await vault.create(password)
    expect(log.verify()).toMatchObject({ ...fits, entries: 5, checkpoints: 1 })
    expect(log.list(all).entries[0]).toMatchObject({ kind: 'log.join', outcome: 'ok' })
  })

  test('at lock all is signed and the vault remembers it, though entries were still queued', async () => {
    const { log, vault, file } = openHome()
    await vault.create(password)
    const queued = log.event(call)
    vault.lock()
    await queued
    expect(log.verify()).toMatchObject({ ...fits, entries: 3 })
    expect(verifyAuditFile(file)).toMatchObject(fits)
  })

  test('what is written while locked cannot be signed, is chained, and is joined at unlock', async () => {
    const { log, vault } = openHome()
    await vault.create(password)
    vault.lock()
    await append(log, 5)
    expect(log.verify()).toMatchObject({ ok: true, entries: 7, unsigned: 5 })
    await vault.unlock(password)
    expect(log.verify()).toMatchObject({ ...fits, entries: 8 })
    expect(log.problem).toBeNull()
    expect(vault.auditCheckpoint()?.size).toBe(8)
  })

  test('runs that started and ended locked are all joined at the next unlock', async () => {
    const { folder } = closedHome()
    for (let run = 0; run < 3; run++) {
      const { log, close } = openHome(folder)
      await append(log, 2)
      close()
    }
    const { log, vault } = openHome(folder)
    await vault.unlock(password)
    expect(log.problem).toBeNull()
    expect(log.verify()).toMatchObject({ ...fits, entries: 10 + 3 * 3 + 2 })
  })

  test('many entries are signed every 64 and begin new segments, and still fit', async () => {
    const { log, vault, file } = openHome()
    await vault.create(password)
    for (let batch = 0; batch < 60; batch++) {
      await Promise.all(
        Array.from({ length: 50 }, (_, number) => log.event({ ...call, target: `call_${batch}_${number}` })),
      )
    }
    const verdict = log.verify()
    expect(verdict).toMatchObject({ ok: true, entries: 3002 })
    expect(verdict.unsigned).toBeLessThan(64)
    expect(verdict.checkpoints).toBeGreaterThanOrEqual(30)
    expect(verifyAuditFile(file)).toMatchObject({ ok: true, entries: 3002 })
  })

  describe('after a minute', () => {
    afterEach(() => {
      vi.useRealTimers()
    })

    test('new entries are signed and noted in the vault, once, and not again while nothing happens', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const { log, vault } = openHome()
      await vault.create(password)
      await append(log, 2)
      expect(log.verify()).toMatchObject({ unsigned: 2, checkpoints: 1 })
      vi.advanceTimersByTime(60_000)
      expect(log.verify()).toMatchObject({ ...fits, checkpoints: 2 })
      expect(vault.auditCheckpoint()?.size).toBe(4)
      vi.advanceTimersByTime(600_000)
      expect(log.verify()).toMatchObject({ checkpoints: 2 })
    })
  })
})

describe('a changed log', () => {
  /** What is seen of a break by who opens and unlocks, works on, and does the same again the next day. */
  async function twoDaysWith(folder: string) {
    const first = openHome(folder)
    await first.vault.unlock(password)
    const firstProblem = first.log.problem
    await first.log.event(call)
    const firstVerdict = first.log.verify()
    const announced = first.announced.includes('status')
    first.close()

    const second = openHome(folder)
    const problemWhileLocked = second.log.problem
    await second.vault.unlock(password)
    await append(second.log, 3)
    const secondVerdict = second.log.verify()
    const joins = second.log.list({ ...all, kinds: ['log.join'] }).entries
    second.close()
    return {
      announced,
      reported: [firstProblem, problemWhileLocked].map((problem) => problem?.includes('not whole')),
      named: [firstVerdict, secondVerdict].map(({ ok, firstBad }) => !ok && firstBad),
      writtenDown: joins.filter(({ outcome }) => outcome === 'failed').map(({ target }) => target),
      goesOn: joins[0]?.outcome === 'ok',
    }
  }

  /** The entry is named on both days and written down once, and work goes on. */
  const broken = (index: number) => ({
    announced: true,
    reported: [true, true],
    named: [index, index],
    writtenDown: [String(index)],
    goesOn: true,
  })

  test('cut together with its checkpoints, is found at unlock', async () => {
    const { folder, file } = closedHome()
    changeFile(file, (db) => {
      db.exec(
        'DELETE FROM entries WHERE idx >= 5; DELETE FROM checkpoints WHERE size > 5; DELETE FROM segments WHERE first >= 5',
      )
    })
    expect(await twoDaysWith(folder)).toEqual(broken(5))
  })

  test('cut, with its checkpoints left, is found at unlock', async () => {
    const { folder, file } = closedHome()
    changeFile(file, (db) => db.exec('DELETE FROM entries WHERE idx >= 5'))
    expect(await twoDaysWith(folder)).toEqual(broken(5))
  })

  test('with a hole in it is found at unlock', async () => {
    const { folder, file } = closedHome()
    changeFile(file, (db) => db.exec('DELETE FROM entries WHERE idx = 3'))
    expect(await twoDaysWith(folder)).toEqual(broken(3))
  })

  test('replaced by an older one is found at unlock', async () => {
    const home = closedHome()
    save(home, 'old')
    const later = openHome(home.folder)
    await later.vault.unlock(password)
    await append(later.log, 4)
    later.close()
    restore(home, 'old', ['audit.db'])
    expect(await twoDaysWith(home.folder)).toEqual(broken(10))
  })

  test('removed altogether is found at unlock', async () => {
    const { folder, file } = closedHome()
    rmSync(file)
    expect(await twoDaysWith(folder)).toEqual(broken(0))
  })

  test('of another vault is found at unlock', async () => {
    const { folder } = closedHome()
    const other = openHome()
    await other.vault.create(password)
    await append(other.log, 20)
    other.close()
    copyFileSync(other.file, `${folder}/audit.db`)
    const { log, vault } = openHome(folder)
    await vault.unlock(password)
    expect(log.problem).toContain('not whole')
    expect(log.verify()).toMatchObject({ ok: false })
  })

  test('edited with care behind the last checkpoint is found at unlock, and the entry is named', async () => {
    const home = closedHome()
    const locked = openHome(home.folder)
    await append(locked.log, 5)
    locked.close()
    changeFile(home.file, (db) => {
      replaceAll(
        db,
        rowsOf(db).map((row, index) => (index === 13 ? repaired(edited(row), index) : row)),
      )
    })
    expect(verifyAuditFile(home.file).ok).toBe(true)
    expect(await twoDaysWith(home.folder)).toEqual(broken(13))
  })

  test('and vault, both put back from the same day, are not found without a witness: the stated limit', async () => {
    const home = closedHome()
    save(home, 'old')
    const later = openHome(home.folder)
    await later.vault.unlock(password)
    await append(later.log, 4)
    later.close()
    restore(home, 'old', ['audit.db', 'vault.db'])
    const { log, vault } = openHome(home.folder)
    await vault.unlock(password)
    expect(log.verify()).toMatchObject(fits)
  })

  test('with a trigger of someone else in it is not used', async () => {
    const { folder, file } = closedHome()
    const db = new SqliteDatabase(file)
    db.exec("CREATE TRIGGER forget AFTER INSERT ON entries BEGIN SELECT 'x'; END")
    db.close()
    const { log } = openHome(folder)
    expect(log.problem).toContain('cannot be written')
    await expect(log.event(call)).rejects.toMatchObject({ code: 'audit_failed' })
  })
})

describe('a check without the vault', () => {
  test('reads a log that is in use and changes nothing beside it', async () => {
    const { log, file, folder } = openHome()
    await append(log, 3)
    const copy = temporaryFolder()
    expect(verifyAuditFile(file)).toMatchObject({ ok: true, entries: 4 })
    copyFileSync(file, `${copy}/audit.db`)
    expect(existsSync(`${folder}/audit.db-shm`)).toBe(false)
    expect(existsSync(`${copy}/audit.db-wal`)).toBe(false)
  })
})
