import { chmodSync, copyFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AuditFacts } from '../../../src/main/audit/audit-log.ts'
import { auditFile } from '../../../src/main/audit/schema.ts'
import { verifyAuditFile } from '../../../src/main/audit/verify-file.ts'
import { openDatabase } from '../../../src/main/db/open.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import type { AuditFilter } from '../../../src/shared/models/audit.ts'
import { append, call, openHome, temporaryFolder } from './audit-home.ts'

const all: AuditFilter = { limit: 100 }

describe('writing', () => {
  test('a log begins with log.start, and what is appended is there newest first', async () => {
    const { log } = openHome()
    await log.event(call)
    expect(log.list(all).entries).toMatchObject([
      { index: 1, kind: 'tool.call', phase: 'event', tool: 'secrets_list' },
      { index: 0, kind: 'log.start' },
    ])
  })

  test('an entry is in the file when its promise resolves: a copy made then holds it', async () => {
    const { log, file, folder } = openHome()
    for (let done = 1; done <= 5; done++) {
      await log.event(call)
      for (const part of ['', '-wal']) copyFileSync(`${file}${part}`, `${folder}/copy.db${part}`)
      expect(verifyAuditFile(`${folder}/copy.db`)).toMatchObject({ ok: true, entries: done + 1 })
    }
  })

  test('all that is appended in one turn is one commit, in the order it was asked', async () => {
    const { log, file } = openHome()
    const before = statSync(`${file}-wal`).size
    await log.event({ ...call, target: 'alone' })
    const one = statSync(`${file}-wal`).size - before
    const targets = Array.from({ length: 50 }, (_, number) => `turn_${number}`)
    await Promise.all(targets.map((target) => log.event({ ...call, target })))
    const fifty = statSync(`${file}-wal`).size - before - one
    expect(fifty).toBeLessThan(10 * one)
    const { entries } = log.list({ ...all, limit: 50 })
    expect(entries.map(({ target }) => target).toReversed()).toEqual(targets)
  })

  test('a field the model does not know is refused, so no value slips in, and the error does not repeat it', async () => {
    const { log } = openHome()
    const leaky = { ...call, body: 'hunter2' } as AuditFacts
    const error = await log.event(leaky).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).not.toContain('hunter2')
    expect(log.list(all).total).toBe(1)
  })

  test('a name that travels with an asker does not reach the file', async () => {
    const { log } = openHome()
    await log.event({ ...call, asker: { kind: 'client', id: 'key_1', name: 'Ada' } as AuditFacts['asker'] })
    expect(JSON.stringify(log.list(all))).not.toContain('Ada')
  })

  test('facts without a canonical form fail alone and not the others of their turn', async () => {
    const { log } = openHome()
    const results = await Promise.allSettled([log.event(call), log.event({ ...call, host: '\ud800' }), log.event(call)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(log.verify()).toMatchObject({ ok: true, entries: 3 })
  })

  test('the window hears that there are entries, once for many', async () => {
    const { log, announced } = openHome()
    await append(log, 20)
    await expect.poll(() => announced).toContain('audit')
    expect(announced.filter((topic) => topic === 'audit').length).toBeLessThan(3)
  })
})

describe('an act', () => {
  test('has its opener on disk before it runs and its closer soon after, without being waited for', async () => {
    const { log, clock } = openHome()
    const result = await log.around(call, async (op) => {
      expect(log.list(all).entries[0]).toMatchObject({ phase: 'open', op: op.id })
      clock.pass(42)
      op.note({ rule: 'builtin.read', decision: 'allow' })
      return 'done'
    })
    expect(result).toBe('done')
    await expect.poll(() => log.list(all).total).toBe(3)
    const [closer, opener] = log.list(all).entries
    expect(closer).toMatchObject({
      phase: 'close',
      outcome: 'ok',
      tookMs: 42,
      rule: 'builtin.read',
      tool: 'secrets_list',
    })
    expect(closer?.op).toBe(opener?.op)
  })

  const endings: ReadonlyArray<readonly [error: Error, outcome: string, code: string]> = [
    [new AppError('refused', 'No.'), 'refused', 'refused'],
    [new AppError('locked', 'Locked.'), 'refused', 'locked'],
    [new AppError('cancelled', 'Gone.'), 'cancelled', 'cancelled'],
    [new DOMException('Gone', 'AbortError'), 'cancelled', 'cancelled'],
    [new AppError('timeout', 'Late.'), 'failed', 'timeout'],
    [new Error('secret text'), 'failed', 'internal'],
  ]
  test.each(endings)('that throws %s closes as %s with the code %s', async (error, outcome, code) => {
    const { log } = openHome()
    await expect(log.around(call, () => Promise.reject(error))).rejects.toBe(error)
    await log.flush()
    expect(log.list(all).entries[0]).toMatchObject({ phase: 'close', outcome, code })
    expect(JSON.stringify(log.list(all))).not.toContain('secret text')
  })

  test('closes once, with what was noted last, and a note that fits no entry does not undo it', async () => {
    const { log } = openHome()
    const op = await log.open(call)
    op.note({ code: '200' })
    op.close({ outcome: 'ok', code: 'x' })
    op.close({ outcome: 'failed' })
    const odd = await log.open(call)
    odd.close({ code: 'x'.repeat(61) })
    await log.flush()
    const closers = log.list(all).entries.filter(({ phase }) => phase === 'close')
    expect(closers).toMatchObject([
      { outcome: 'failed', code: 'unfit_note' },
      { outcome: 'ok', code: '200' },
    ])
  })

  test('whose opener cannot be written does not run, and the log says why', async () => {
    const { log, announced } = openHome()
    log.close()
    let ran = false
    const act = log.around(call, async () => {
      ran = true
    })
    await expect(act).rejects.toMatchObject({ code: 'audit_failed' })
    expect(ran).toBe(false)
    expect(log.problem).toContain('cannot be written')
    expect(announced).toContain('status')
  })
})

describe('reading', () => {
  test('pages follow each other without a gap, and filters choose by kind, asker and time', async () => {
    const { log, clock } = openHome()
    for (let day = 0; day < 6; day++) {
      clock.pass(86_400_000)
      await log.event({ kind: 'item.add', asker: { kind: 'person', id: 'window' } })
      await log.event({ ...call, asker: { kind: 'client', id: `key_${day % 2}` } })
    }
    const indexes: number[] = []
    for (let before: number | null = 100; before !== null;) {
      const page = log.list({ limit: 5, before })
      expect(page.total).toBe(13)
      indexes.push(...page.entries.map(({ index }) => index))
      before = page.nextBefore
    }
    expect(indexes).toEqual(Array.from({ length: 13 }, (_, index) => 12 - index))
    const count = (filter: Partial<AuditFilter>) => log.list({ ...all, ...filter }).entries.length
    expect(count({ kinds: ['item.add', 'log.start'] })).toBe(7)
    expect(count({ kinds: [] })).toBe(0)
    expect(count({ askerKind: 'client' })).toBe(6)
    expect(count({ askerKind: 'client', askerId: 'key_1' })).toBe(3)
    const toMs = clock.now()
    expect(count({ fromMs: toMs - 86_400_000.5, toMs })).toBe(4)
    expect(log.list({ limit: 2, kinds: ['tool.call'] }).total).toBe(6)
    const filter = { limit: 4, kinds: ['tool.call'] } as const satisfies AuditFilter
    const { nextBefore } = log.list(filter)
    expect(log.list({ ...filter, before: nextBefore ?? 0 }).entries.map(({ index }) => index)).toEqual([4, 2])
  })

  test('a log of the version that had an index for each filter is taken up, and found to be whole', async () => {
    const { folder, file, log, close } = openHome()
    await append(log, 5)
    close()
    const older = openDatabase(file, auditFile)
    older.exec(`
      DROP INDEX entries_filters;
      CREATE INDEX entries_kind ON entries (kind);
      CREATE INDEX entries_asker ON entries (asker_kind, asker_id);
      CREATE INDEX entries_at ON entries (at_ms);
      PRAGMA user_version = 2;
    `)
    older.close()
    const again = openHome(folder)
    await again.log.event(call)
    expect(again.log.list({ ...all, kinds: ['tool.call'] }).total).toBe(6)
    expect(again.log.verify()).toMatchObject({ ok: true, entries: 8 })
  })
})

describe('a file that is no log', () => {
  test('does not keep the app from starting: problem says why, and no act runs', async () => {
    const folder = temporaryFolder()
    writeFileSync(`${folder}/audit.db`, 'not a database, but long enough to look at. '.repeat(100))
    const { log } = openHome(folder)
    expect(log.problem).toContain('damaged')
    await expect(log.event(call)).rejects.toMatchObject({ code: 'audit_failed' })
    expect(() => log.list(all)).toThrow(AppError)
    expect(log.verify()).toMatchObject({ ok: false, firstBad: null })
  })

  test('that is kept write-protected is checked as any other', async () => {
    const { log, file } = openHome()
    await log.event(call)
    log.close()
    chmodSync(file, 0o444)
    expect(verifyAuditFile(file)).toMatchObject({ ok: true, entries: 2 })
    expect(statSync(file).mode & 0o777).toBe(0o444)
  })

  test('gets no verdict where no copy of it can be made', () => {
    const { log, file } = openHome()
    log.close()
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = `${file}/no-folder`
    try {
      expect(() => verifyAuditFile(file)).toThrow('no place for the copy of the audit log')
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })

  test('is no whole log, and a missing one is not found', () => {
    const folder = temporaryFolder()
    writeFileSync(`${folder}/other.db`, 'text')
    expect(verifyAuditFile(`${folder}/other.db`)).toMatchObject({ ok: false })
    writeFileSync(`${folder}/empty.db`, '')
    expect(verifyAuditFile(`${folder}/empty.db`)).toMatchObject({ ok: false, entries: 0 })
    expect(() => verifyAuditFile(`${folder}/none.db`)).toThrow('no audit log')
  })
})
