import { expect, test } from 'vitest'
import { AuditLog } from '../../../src/main/audit/audit-log.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { append, call, openHome, password } from './audit-home.ts'

const all = { limit: 500 }

test('a full disk: no act runs, the window says why; with space again all goes on and the log fits', async () => {
  const disk = smallDisk(2)
  const { log, vault, announced, close } = openHome(disk.folder, () => {})
  try {
    await vault.create(password)
    await append(log, 3)
    const op = await log.open(call)
    disk.fill()

    let acts = 0
    let refused = 0
    for (let attempt = 0; attempt < 400; attempt++) {
      const act = log.around({ ...call, target: `try_${attempt}` }, async () => {
        acts++
      })
      await act.catch((error: unknown) => {
        refused++
        expect(error).toMatchObject({ code: 'audit_failed', hint: expect.stringContaining('space') as string })
      })
    }
    expect(refused).toBeGreaterThan(100)
    expect(log.problem).toContain('disk is full')
    expect(announced).toContain('status')
    op.close({ outcome: 'ok' })
    await expect(log.flush()).rejects.toMatchObject({ code: 'audit_failed' })

    disk.empty()
    await log.event({ ...call, target: 'after' })
    expect(log.problem).toBeNull()
    await log.flush()
    expect(log.verify()).toMatchObject({ ok: true })
    const { entries } = log.list(all)
    expect(entries.filter(({ phase, target }) => phase === 'open' && target?.startsWith('try_'))).toHaveLength(acts)
    // The closers that could not be written were kept.
    expect(entries.filter(({ phase }) => phase === 'open')).toHaveLength(acts + 1)
    expect(entries.filter(({ phase }) => phase === 'close')).toHaveLength(acts + 1)
    vault.lock()
    expect(log.verify()).toMatchObject({ ok: true, unsigned: 0 })
  } finally {
    close()
    disk.remove()
  }
})

test('a read-only disk: the app starts, the window says why, and no act runs', async () => {
  const { vault, clock, events } = openHome()
  const disk = smallDisk(2)
  const file = `${disk.folder}/audit.db`
  AuditLog.open({ file, clock, events, vault }).close()
  disk.makeReadOnly()
  const log = AuditLog.open({ file, clock, events, vault })
  try {
    expect(log.problem).toContain('read-only')
    await expect(log.open(call)).rejects.toMatchObject({ code: 'audit_failed' })
  } finally {
    log.close()
    disk.remove()
  }
})
