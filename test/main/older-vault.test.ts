import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { findNewerVault } from '../../src/main/newer-vault.ts'
import { witnessBytes, writeQuickUnlockFile } from '../../src/main/quick-unlock-file.ts'
import type { Course } from '../../src/main/vault/paced.ts'
import { restoreOverDamaged } from '../../src/main/vault/restore-damaged.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { temporaryHome, testPassword } from '../support/vault.ts'
import { tamper } from './vault/vault-file.ts'

const course: Course = { signal: new AbortController().signal }
const person = { kind: 'person', id: 'window' } as const
const rest = { kind: 'api-key' as const, hosts: [], userName: '', secret: 'secret', notes: '' }

/** A vault and its log on one folder, wired as the core wires them. */
class Core {
  readonly vault: Vault
  readonly audit: AuditLog

  constructor(home: string, clock: FakeClock) {
    const events = new ChangeEvents()
    this.vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
    this.audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault: this.vault, events })
    this.vault.findNewer = findNewerVault({ home, audit: this.audit })
  }

  async add(name: string): Promise<void> {
    await this.audit.around({ kind: 'item.add', asker: person }, async () => this.vault.items.add({ ...rest, name }))
  }

  names(): ReadonlyArray<string> {
    return this.vault.items
      .list()
      .map(({ name }) => name)
      .toSorted()
  }

  close(): void {
    this.vault.lock()
    this.audit.close()
    this.vault.close()
  }

  /** As a killed process leaves it: nothing is signed any more. */
  kill(home: string): void {
    keep(home, 'killed')
    this.close()
    putBack(home, 'killed', ['vault.db', 'audit.db'])
  }
}

const parts = ['vault.db', 'audit.db', 'quick-unlock.json'] as const
type Part = (typeof parts)[number]

/** Copies the files as they are, with what SQLite has beside them. */
function keep(home: string, as: string): void {
  for (const part of parts)
    for (const end of ['', '-wal'])
      if (existsSync(join(home, part + end))) copyFileSync(join(home, part + end), join(home, `${as}-${part}${end}`))
}

function putBack(home: string, as: string, which: ReadonlyArray<Part>): void {
  for (const part of which)
    for (const end of ['', '-wal']) {
      rmSync(join(home, part + end), { force: true })
      if (existsSync(join(home, `${as}-${part}${end}`)))
        copyFileSync(join(home, `${as}-${part}${end}`), join(home, part + end))
    }
}

const clock = new FakeClock()
const folders: string[] = []
let template = ''
let words = ''

/** A closed home: `old-*` are its files before two items were added and a key of a client was revoked; `backup.ckbackup` is of that time. */
beforeAll(async () => {
  template = temporaryHome()
  folders.push(template)
  const core = new Core(template, clock)
  words = await core.vault.create(testPassword)
  await core.add('kept')
  await core.vault.whole.copyTo(join(template, 'backup.ckbackup'), course)
  writeWitness(template, core)
  core.close()
  keep(template, 'old')
  const later = new Core(template, clock)
  await later.vault.unlock(testPassword)
  clock.pass(60_000)
  await later.add('newer')
  await later.add('newest')
  await later.audit.event({ kind: 'key.revoke', asker: person, outcome: 'ok' })
  writeWitness(template, later)
  later.close()
})
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** As quick unlock leaves it at a lock. */
function writeWitness(home: string, { vault }: Core): void {
  const unsigned = {
    version: 1,
    vaultId: vault.vaultId ?? '',
    slotId: 'slt_1',
    sealedKey: '',
    witness: { ...(vault.mark ?? { epoch: 1, counter: 0 }), atMs: clock.now(), passwordAtMs: clock.now() },
  } as const
  const signature = vault.auditSigner().sign(witnessBytes(unsigned)).toString('base64')
  writeQuickUnlockFile(home, { ...unsigned, signature })
}

function home({ quickUnlock = false } = {}): string {
  const folder = temporaryHome()
  folders.push(folder)
  for (const as of ['', 'old-'])
    for (const part of parts)
      if (quickUnlock || part !== 'quick-unlock.json') copyFileSync(join(template, as + part), join(folder, as + part))
  copyFileSync(join(template, 'backup.ckbackup'), join(folder, 'backup.ckbackup'))
  return folder
}

describe('a vault file that was put back from outside', () => {
  it('of the same epoch is refused with what it lacks, is opened when the person accepts it, and is no news after that', async () => {
    const folder = home()
    putBack(folder, 'old', ['vault.db'])
    const core = new Core(folder, clock)
    const refused = core.vault.unlock(testPassword)
    await expect(refused).rejects.toMatchObject({ code: 'rolled_back' })
    await expect(refused).rejects.toThrow('lacks 2 changes of items, 1 change of a client or its keys; the last on ')
    expect([core.vault.state, core.vault.mark]).toEqual(['locked', null])
    expect(await codeOfPromise(core.vault.recover(words, 'another password'))).toBe('rolled_back')
    await core.vault.unlock(testPassword, { acceptOlder: true })
    expect([core.names(), core.vault.problems]).toEqual([['kept'], []])
    core.close()
    const again = new Core(folder, clock)
    await again.vault.unlock(testPassword)
    expect(again.audit.verify().ok).toBe(true)
    again.close()
    // The one that was set aside by that is an older one from now on.
    copyFileSync(join(template, 'vault.db'), join(folder, 'vault.db'))
    const third = new Core(folder, clock)
    expect(await codeOfPromise(third.vault.unlock(testPassword))).toBe('rolled_back')
    third.close()
  })

  it('of an earlier epoch is refused, also to the recovery words, which can accept it', async () => {
    const folder = home()
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    await core.audit.around({ kind: 'vault.rotate', asker: person }, () =>
      core.vault.whole.rotate(course, async () => {}),
    )
    core.close()
    putBack(folder, 'old', ['vault.db'])
    const again = new Core(folder, clock)
    await expect(again.vault.unlock(testPassword)).rejects.toThrow('1 new vault key')
    await again.vault.recover(words, 'another password', { acceptOlder: true })
    expect(again.vault.whole.epoch).toBe(1)
    again.close()
  })

  it('with the log of its time is not found without the quick unlock, and is with it', async () => {
    const without = home()
    putBack(without, 'old', ['vault.db', 'audit.db'])
    const core = new Core(without, clock)
    await core.vault.unlock(testPassword)
    core.close()
    const withIt = home({ quickUnlock: true })
    putBack(withIt, 'old', ['vault.db', 'audit.db'])
    const other = new Core(withIt, clock)
    await expect(other.vault.unlock(testPassword)).rejects.toThrow('This computer remembers a newer one')
    await other.vault.unlock(testPassword, { acceptOlder: true })
    other.close()
    const again = new Core(withIt, clock)
    await again.vault.unlock(testPassword)
    again.close()
  })

  it.each([
    ['a raised counter', 'UPDATE manifest SET counter = 9000000'],
    ['a counter that leaves no room above it', 'UPDATE manifest SET counter = 9007199254740989'],
    ['a counter that is gone', 'DELETE FROM manifest'],
    ['MACs of nothing', 'UPDATE manifest SET counter = 9000000, rows_mac = randomblob(32), mac = randomblob(32)'],
    ['another checkpoint', 'UPDATE manifest SET counter = 9000000, checkpoint_size = 1'],
    [
      'an audit key that is gone',
      "DELETE FROM own_keys WHERE id = 'audit'; UPDATE header SET audit_public = randomblob(32)",
    ],
  ])('with %s is refused all the same', async (_what, sql) => {
    const folder = home()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'vault.db'), (database) => void database.exec(sql))
    const core = new Core(folder, clock)
    await expect(core.vault.unlock(testPassword)).rejects.toMatchObject({ code: 'rolled_back' })
    core.close()
  })

  it('with a raised counter is no news once the person has accepted it, nor is a backup restored over it', async () => {
    const folder = home()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'vault.db'), (database) => void database.exec('UPDATE manifest SET counter = 9007199254740989'))
    copyFileSync(join(folder, 'vault.db'), join(folder, 'tampered.db'))
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword, { acceptOlder: true })
    expect([core.names(), core.vault.problems.length]).toEqual([['kept'], 1])
    core.close()
    const again = new Core(folder, clock)
    await again.vault.unlock(testPassword)
    again.close()
    copyFileSync(join(folder, 'tampered.db'), join(folder, 'vault.db'))
    const third = new Core(folder, clock)
    await third.vault.whole.restore({ from: join(folder, 'backup.ckbackup'), password: testPassword }, course)
    third.close()
    const restored = new Core(folder, clock)
    await restored.vault.unlock(testPassword)
    restored.close()
  })

  it('is not hidden by numbers in the log or the file that nobody signed', async () => {
    const folder = home({ quickUnlock: true })
    tamper(join(folder, 'audit.db'), (database) => {
      database.exec('DROP TRIGGER checkpoints_keep_update; UPDATE checkpoints SET vault_counter = 1000000')
    })
    const core = new Core(folder, clock)
    // What is signed over another number remembers nothing: the log is not whole, and says so.
    await core.vault.unlock(testPassword)
    expect(core.audit.verify().ok).toBe(false)
    core.close()
  })
})

describe('no alarm', () => {
  it('for a vault that was written to when its log could not note it any more', async () => {
    const folder = home()
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    for (const name of ['one', 'two', 'three']) core.vault.items.add({ ...rest, name })
    core.kill(folder)
    const again = new Core(folder, clock)
    await again.vault.unlock(testPassword)
    expect(again.names()).toContain('three')
    again.close()
  })

  it('for a vault that is newer than a log that was put back', async () => {
    const folder = home()
    putBack(folder, 'old', ['audit.db'])
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    expect(core.audit.problem).toContain('the log was cut or an older one put back')
    core.close()
  })

  it('for a log that names no state of the vault, as earlier versions wrote it', async () => {
    const folder = home()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'audit.db'), (database) => {
      database.exec(
        'DROP TRIGGER checkpoints_keep_update; UPDATE checkpoints SET vault_counter = NULL, vault_epoch = NULL',
      )
    })
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    core.close()
  })

  it.each([
    ['over the vault that is there', []],
    ['over an older one that was put back', ['vault.db']],
    ['over a vault and a log that were put back', ['vault.db', 'audit.db']],
  ] as const)('for a backup that Clawkeep restored %s', async (_name, older) => {
    const folder = home({ quickUnlock: true })
    putBack(folder, 'old', older)
    const core = new Core(folder, clock)
    // Also where a restore made the numbers large before.
    for (let times = 0; times < 2; times += 1) {
      await core.vault.whole.restore({ from: join(folder, 'backup.ckbackup'), password: testPassword }, course)
      await core.vault.unlock(testPassword)
      await core.add(`after restore ${times}`)
    }
    expect(core.names()).toEqual(['after restore 1', 'kept'])
    core.close()
    const again = new Core(folder, clock)
    await again.vault.unlock(testPassword)
    again.close()
  })

  it('for a backup that was restored over a vault file that does not open at all', async () => {
    const folder = home({ quickUnlock: true })
    rmSync(join(folder, 'vault.db'))
    copyFileSync(import.meta.filename, join(folder, 'vault.db'))
    await restoreOverDamaged(
      { home: folder, from: join(folder, 'backup.ckbackup'), password: testPassword, clock },
      course,
    )
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    expect(core.names()).toEqual(['kept'])
    core.close()
  })

  it('for what was rescued of a damaged vault, while the vault went on being written to', async () => {
    const folder = home()
    const core = new Core(folder, clock)
    await core.vault.unlock(testPassword)
    const copy = join(folder, 'copy.db')
    const rescued = join(folder, 'vault.db.rescued')
    await core.vault.whole.copyTo(copy, course)
    await core.vault.whole.rescueInto(rescued, copy, course)
    for (const name of ['one', 'two']) core.vault.items.add({ ...rest, name })
    await core.vault.whole.putInPlace(rescued)
    await core.vault.unlock(testPassword)
    expect(core.names()).toEqual(['kept', 'newer', 'newest'])
    core.close()
  })
})
