import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditLog } from '../../src/main/audit/audit-log.ts'
import { SettingsStore } from '../../src/main/settings/settings-store.ts'
import { Upkeep } from '../../src/main/upkeep.ts'
import { type AuditedVault, createAuditedVault } from '../support/audited-vault.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { tamper } from './vault/vault-file.ts'

const person = { kind: 'person', id: 'window' } as const
const dayMs = 24 * 60 * 60_000

let clock: FakeClock
let test: AuditedVault
let audit: AuditLog
let settings: SettingsStore
let upkeep: Upkeep

beforeEach(async () => {
  clock = new FakeClock()
  test = await createAuditedVault({ clock })
  const { home, vault, events } = test
  audit = test.audit
  settings = new SettingsStore({ home, events })
  upkeep = new Upkeep({ home, vault, audit, settings, clock, events })
  vault.items.add({ kind: 'api-key', name: 'first', hosts: [], userName: '', secret: 'secret', notes: '' })
})
afterEach(() => {
  vi.useRealTimers()
  upkeep.dispose()
  test.cleanup()
})

const reasons = (): ReadonlyArray<string> => upkeep.view().backups.map(({ reason }) => reason)

/** Lets the next automatic look come and end. */
async function look(): Promise<void> {
  await vi.advanceTimersByTimeAsync(15 * 60_000)
  await vi.waitFor(() => expect(upkeep.view().running).toBeNull())
  await audit.flush()
}

/** Unlocks while timers are faked, so that the looks can be waited for. */
async function withFakeTimers(): Promise<void> {
  test.vault.lock()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await test.vault.unlock(test.password)
}

describe('a backup', () => {
  it('stands in the data folder under its time, audited, and can be restored by that', async () => {
    const { file, items } = await upkeep.backup(person, null)
    const [backup] = upkeep.view().backups
    expect([items, backup?.reason, backup?.atMs]).toEqual([1, 'manual', clock.now()])
    expect(upkeep.pathOf(backup?.name ?? '')).toBe(file)
    test.vault.items.remove(test.vault.items.byName('first')?.id ?? '')
    const { keptAside } = await upkeep.restore(person, file, test.password)
    expect(existsSync(keptAside ?? '')).toBe(true)
    // The window that asked is emptied by the lock: this is what it shows after the unlock.
    expect(upkeep.view().keptAside).toEqual({ kind: 'restore', file: keptAside, atMs: clock.now() })
    await test.vault.unlock(test.password)
    expect(test.vault.items.byName('first')).toBeDefined()
    await audit.flush()
    const kinds = audit
      .list({ limit: 100 })
      .entries.map(({ kind, phase, outcome }) => `${kind} ${phase} ${outcome ?? ''}`)
    expect(kinds).toEqual(
      expect.arrayContaining([
        'vault.backup open ',
        'vault.backup close ok',
        'vault.restore open ',
        'vault.restore close ok',
      ]),
    )
    expect(audit.problem).toBeNull()
    expect(audit.verify().ok).toBe(true)
  })

  it('is only looked for under the names that backups have', () => {
    for (const name of ['../vault.db', 'vault.db', '/etc/passwd', '', '..'])
      expect(() => upkeep.pathOf(name)).toThrow('There is no such backup.')
  })

  it('never writes over a file', async () => {
    const out = join(test.home, 'out.ckbackup')
    writeFileSync(out, 'something of the person')
    expect(await codeOfPromise(upkeep.backup(person, out))).toBe('conflict')
    expect(readFileSync(out, 'utf8')).toBe('something of the person')
  })

  it('in which something does not open is not kept, and older ones stay', async () => {
    await upkeep.backup(person, null)
    test.vault.close()
    tamper(test.file, (database) => database.prepare('UPDATE items SET sealed_details = zeroblob(200)').run())
    const vault = test.reopen()
    await vault.unlock(test.password)
    const other = new Upkeep({ home: test.home, vault, audit, settings, clock, events: test.events })
    expect(await codeOfPromise(other.backup(person, null))).toBe('damaged')
    expect(await codeOfPromise(other.rotate(person))).toBe('damaged')
    const folder = join(test.home, 'backups')
    expect(readdirSync(folder).filter((name) => name.endsWith('.ckbackup'))).toHaveLength(1)
    expect(readdirSync(folder)).toHaveLength(1)
    const found = await other.check(person, false)
    expect(found.problems).toMatchObject([{ table: 'items', message: expect.stringContaining('changed') as string }])
    other.dispose()
  })
})

describe('by itself', () => {
  it('the vault is backed up each day, seven are kept, and those made by hand stay', async () => {
    await upkeep.backup(person, null)
    await withFakeTimers()
    for (let day = 0; day < 9; day += 1) {
      clock.pass(dayMs)
      await look()
      // The same day again: nothing is due.
      await look()
    }
    expect(reasons()).toEqual([...Array.from({ length: 7 }, () => 'daily'), 'manual'])
    expect(upkeep.view().problem).toBeNull()
  })

  it('a backup that fails is shown, deletes nothing, and is tried again', async () => {
    await withFakeTimers()
    await look()
    expect(reasons()).toEqual(['daily'])
    const folder = join(test.home, 'backups')
    clock.pass(dayMs)
    const parts = readdirSync(folder)
    // In the place of the folder stands a file: nothing can be written there.
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, '')
    await look()
    expect(upkeep.view().problem).toMatch(/backup/)
    rmSync(folder)
    renameSync(`${folder}-away`, folder)
    expect(readdirSync(folder)).toEqual(parts)
    await look()
    expect([upkeep.view().problem, reasons()]).toEqual([null, ['daily', 'daily']])
  })

  it('the vault gets a new key after the days the person chose, and not before', async () => {
    settings.set({ rotateEveryDays: 30 })
    await withFakeTimers()
    clock.pass(29 * dayMs)
    await look()
    expect(test.vault.whole.epoch).toBe(1)
    clock.pass(dayMs)
    await look()
    expect(test.vault.whole.epoch).toBe(2)
    expect(upkeep.view()).toMatchObject({
      epoch: 2,
      keySinceMs: clock.now(),
      nextRotationAtMs: clock.now() + 30 * dayMs,
    })
    await look()
    expect(test.vault.whole.epoch).toBe(2)
  })
})

describe('after the clock was ahead', () => {
  const aheadMs = 5 * 365 * dayMs
  const stamps = (): ReadonlyArray<number> => upkeep.view().backups.map(({ atMs }) => atMs)

  it.each([8 * 60 * 60_000, aheadMs])('by %i ms for one look, no more is backed up than each day', async (byMs) => {
    await withFakeTimers()
    for (let day = 0; day < 6; day += 1) {
      clock.pass(dayMs)
      await look()
    }
    const lastMs = clock.now()
    const nowMs = lastMs + 20 * 60 * 60_000
    clock.setWall(nowMs + byMs)
    await look()
    clock.setWall(nowMs)
    const before = stamps()
    for (let at = 0; at < 8; at += 1) {
      clock.pass(15 * 60_000)
      await look()
    }
    expect([before.length, stamps()]).toEqual([7, before])
    clock.setWall(lastMs + dayMs)
    await look()
    expect(stamps()).toEqual([lastMs + dayMs, ...before.slice(1)])
  })

  it('for a week, what is made from then on stays, a rotation and its backup included', async () => {
    await withFakeTimers()
    const nowMs = clock.now()
    clock.setWall(nowMs + aheadMs)
    for (let day = 0; day < 7; day += 1) {
      clock.pass(dayMs)
      await look()
    }
    clock.setWall(nowMs + dayMs)
    await look()
    expect(stamps()).toContain(nowMs + dayMs)
    await upkeep.rotate(person)
    const made = upkeep.view().backups.filter(({ atMs }) => atMs <= clock.now())
    expect(made.map(({ reason }) => reason)).toEqual(['daily'])
    await upkeep.restore(person, upkeep.pathOf(made[0]?.name ?? ''), test.password)
    await test.vault.unlock(test.password)
    expect(test.vault.whole.epoch).toBe(2)
  })

  it('at a rotation, the next one is due as many days after the clock was put right', async () => {
    settings.set({ rotateEveryDays: 30 })
    const nowMs = clock.now()
    clock.setWall(nowMs + aheadMs)
    await upkeep.rotate(person)
    clock.setWall(nowMs)
    expect(upkeep.view().nextRotationAtMs).toBe(nowMs + 30 * dayMs)
    await withFakeTimers()
    await look()
    expect(test.vault.whole.epoch).toBe(2)
    // The first one from the time that counts now.
    expect(stamps()).toContain(nowMs)
    clock.setWall(nowMs + 30 * dayMs)
    await look()
    expect(test.vault.whole.epoch).toBe(3)
  })
})

describe('a rotation', () => {
  it('leaves a backup that the new key opens, and none of the moment before', async () => {
    await upkeep.rotate(person)
    expect(reasons()).toEqual(['daily'])
    await upkeep.restore(person, upkeep.pathOf(upkeep.view().backups[0]?.name ?? ''), test.password)
    await test.vault.unlock(test.password)
    expect([test.vault.whole.epoch, test.vault.items.list().length]).toEqual([2, 1])
  })

  it.each([true, false])(
    'whose own backup fails says so until it was made, daily backups or not (%s)',
    async (backupDaily) => {
      settings.set({ backupDaily })
      const folder = join(test.home, 'backups')
      const away = `${folder}-away`
      const nowMs = clock.now()
      clock.now = () => {
        // The first thing after the new key: from then on nothing can be written there.
        if (test.vault.state === 'unlocked' && test.vault.whole.epoch === 2 && !existsSync(away)) {
          renameSync(folder, away)
          writeFileSync(folder, '')
        }
        return nowMs
      }
      await upkeep.rotate(person)
      clock.now = () => nowMs + 60_000
      expect(upkeep.view().problem).toMatch(/the backup after it failed/)
      await withFakeTimers()
      await look()
      expect(upkeep.view().problem).not.toBeNull()
      rmSync(folder)
      renameSync(away, folder)
      expect(reasons()).toEqual(['before-rotation'])
      await look()
      expect([upkeep.view().problem, reasons()]).toEqual([null, ['daily']])
      await look()
      expect(reasons()).toEqual(['daily'])
    },
  )

  it('is not begun when its backup cannot be written', async () => {
    writeFileSync(join(test.home, 'backups'), '')
    await expect(upkeep.rotate(person)).rejects.toThrow('backup')
    expect(test.vault.whole.epoch).toBe(1)
  })

  it('runs alone, tells how far it is, and can be cancelled', async () => {
    const rotating = upkeep.rotate(person)
    expect(upkeep.view().running?.kind).toBe('rotate')
    expect(await codeOfPromise(upkeep.backup(person, null))).toBe('in_use')
    upkeep.cancel()
    expect(await codeOfPromise(rotating)).toBe('cancelled')
    expect([upkeep.view().running, test.vault.whole.epoch, reasons()]).toEqual([null, 1, []])
  })
})

it('what a kill left half written is swept away, and no whole backup', async () => {
  await upkeep.backup(person, null)
  const folder = join(test.home, 'backups')
  const [name] = readdirSync(folder)
  writeFileSync(join(folder, 'vault-20260101T000000000Z-daily.ckbackup.part'), 'half')
  writeFileSync(join(folder, 'vault-20260101T000000000Z-daily.ckbackup.part-wal'), 'half')
  writeFileSync(join(test.home, 'vault.db.restoring'), 'half')
  new Upkeep({ home: test.home, vault: test.vault, audit, settings, clock, events: test.events }).dispose()
  expect(readdirSync(folder)).toEqual([name])
  expect(existsSync(join(test.home, 'vault.db.restoring'))).toBe(false)
})
