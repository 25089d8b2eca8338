import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { AuditStore } from '../../../src/main/audit/audit-store.ts'
import { ChainWriter } from '../../../src/main/audit/chain-writer.ts'
import { draftOf } from '../../../src/main/audit/facts.ts'
import { auditFile } from '../../../src/main/audit/schema.ts'
import { walkLog } from '../../../src/main/audit/walk.ts'
import { openDatabase } from '../../../src/main/db/open.ts'
import { call, openHome, temporaryFolder } from './audit-home.ts'

/** A writer on a log that another program can open too, which the real one does not allow. */
function sharedLog() {
  const { vault, clock } = openHome()
  const file = join(temporaryFolder(), 'shared.db')
  const db = openDatabase(file, auditFile)
  const other = new SqliteDatabase(file)
  onTestFinished(() => {
    db.close()
    other.close()
  })
  const store = new AuditStore(db)
  const writer = new ChainWriter(store, vault, clock)
  const write = (...targets: ReadonlyArray<string>) =>
    writer.write(
      targets.map((target) => draftOf({ ...call, target }, { atMs: clock.now(), phase: 'event' })),
      false,
    )
  const whole = () => walkLog(store, { start: null, publicKey: null, openKey: null, recorded: true })
  return { store, writer, write, other, whole }
}

test('an unsigned segment that does not begin with log.start gets one, so that it can be told from the run before', () => {
  const { store, write, whole } = sharedLog()
  write('a')
  expect([...store.entriesFrom(0)].map(({ kind }) => kind)).toEqual(['log.start', 'tool.call'])
  expect(whole()).toMatchObject({ finding: null, size: 2 })
})

test('a failed write leaves the chain where the file ends: the next one fits', () => {
  const { writer, write, other, whole } = sharedLog()
  write('a', 'b')
  other.exec("CREATE TRIGGER full BEFORE INSERT ON entries WHEN new.idx = 4 BEGIN SELECT raise(ABORT, 'no'); END")
  expect(() => write('c', 'd', 'e')).toThrow('no')
  expect(writer.foreignChange()).toBeNull()
  other.exec('DROP TRIGGER full')
  write('c', 'd', 'e')
  expect(whole()).toMatchObject({ finding: null, size: 6 })
})

test('what another program does to the end of the log while Clawkeep runs is noticed, and writing goes on behind it', () => {
  const changes: ReadonlyArray<readonly [sql: string, index: number]> = [
    ['DELETE FROM entries WHERE idx >= 2', 2],
    ['UPDATE entries SET mac = zeroblob(32) WHERE idx = 3', 3],
    [
      'INSERT INTO entries SELECT 4, json, leaf, mac, segment, at_ms, kind, asker_kind, asker_id FROM entries WHERE idx = 3',
      4,
    ],
  ]
  for (const [sql, index] of changes) {
    const { store, writer, write, other } = sharedLog()
    write('a', 'b', 'c')
    expect(writer.foreignChange()).toBeNull()
    other.exec('DROP TRIGGER entries_keep_delete; DROP TRIGGER entries_keep_update')
    other.exec(sql)
    expect(writer.foreignChange()).toMatchObject({ index })
    writer.reload()
    write('d')
    expect(writer.foreignChange()).toBeNull()
    expect(JSON.parse([...store.entriesFrom(0)].at(-1)?.json ?? '')).toMatchObject({ target: 'd' })
  }
})

test('one write can go over the ends of several segments, also behind one that was renewed for it', async () => {
  const { vault, clock } = openHome()
  await vault.create('correct horse battery staple')
  const db = openDatabase(join(temporaryFolder(), 'long.db'), auditFile)
  onTestFinished(() => void db.close())
  const store = new AuditStore(db)
  const writer = new ChainWriter(store, vault, clock)
  const write = (amount: number): void => {
    const drafts = Array.from({ length: amount }, () => draftOf(call, { atMs: clock.now(), phase: 'event' }))
    writer.write(drafts, false)
  }
  for (const amount of [1, 1_500, 2_500]) {
    writer.renewSegment()
    write(amount)
  }
  writer.renewSegment()
  writer.renewSegment()
  write(1_100)
  const numbers = [...store.entriesFrom(0)].map(({ segment }) => segment)
  expect(numbers).toHaveLength(1 + 1_500 + 2_500 + 1_100)
  expect(new Set(numbers).size).toBe(1 + 2 + 3 + 2)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(walkLog(store, { start: null, publicKey: null, openKey: null, recorded: true })).toMatchObject({
    finding: null,
    size: numbers.length,
  })
})
