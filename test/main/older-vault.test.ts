import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restoreOverDamaged } from '../../src/main/vault/restore-damaged.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { Core, type OlderVaultHomes, course, olderVaultHomes, person, putBack, rest } from '../support/older-vault.ts'
import { testPassword } from '../support/vault.ts'
import { tamper } from './vault/vault-file.ts'

let homes: OlderVaultHomes
beforeAll(async () => {
  homes = await olderVaultHomes()
})
afterAll(() => homes.cleanup())

describe('a vault file that was put back from outside', () => {
  it('of the same epoch is refused with what it lacks, is opened when the person accepts it, and is no news after that', async () => {
    const folder = homes.make()
    putBack(folder, 'old', ['vault.db'])
    const core = new Core(folder, homes.clock)
    const refused = core.vault.unlock(testPassword)
    await expect(refused).rejects.toMatchObject({ code: 'rolled_back' })
    await expect(refused).rejects.toThrow('lacks 2 changes of items, 1 change of a client or its keys; the last on ')
    expect([core.vault.state, core.vault.mark]).toEqual(['locked', null])
    expect(await codeOfPromise(core.vault.recover(homes.words, 'another password'))).toBe('rolled_back')
    await core.vault.unlock(testPassword, { acceptOlder: true })
    expect([core.names(), core.vault.problems]).toEqual([['kept'], []])
    core.close()
    const again = new Core(folder, homes.clock)
    await again.vault.unlock(testPassword)
    expect(again.audit.verify().ok).toBe(true)
    again.close()
    // The one that was set aside by that is an older one from now on.
    copyFileSync(join(homes.template, 'vault.db'), join(folder, 'vault.db'))
    const third = new Core(folder, homes.clock)
    expect(await codeOfPromise(third.vault.unlock(testPassword))).toBe('rolled_back')
    third.close()
  })

  it('of an earlier epoch is refused, also to the recovery words, which can accept it', async () => {
    const folder = homes.make()
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword)
    await core.audit.around({ kind: 'vault.rotate', asker: person }, () =>
      core.vault.whole.rotate(course, async () => {}),
    )
    core.close()
    putBack(folder, 'old', ['vault.db'])
    const again = new Core(folder, homes.clock)
    await expect(again.vault.unlock(testPassword)).rejects.toThrow('1 new vault key')
    await again.vault.recover(homes.words, 'another password', { acceptOlder: true })
    expect(again.vault.whole.epoch).toBe(1)
    again.close()
  })

  it('with the log of its time is not found without the quick unlock, and is with it', async () => {
    const without = homes.make()
    putBack(without, 'old', ['vault.db', 'audit.db'])
    const core = new Core(without, homes.clock)
    await core.vault.unlock(testPassword)
    core.close()
    const withIt = homes.make({ quickUnlock: true })
    putBack(withIt, 'old', ['vault.db', 'audit.db'])
    const other = new Core(withIt, homes.clock)
    await expect(other.vault.unlock(testPassword)).rejects.toThrow('This computer remembers a newer one')
    await other.vault.unlock(testPassword, { acceptOlder: true })
    other.close()
    const again = new Core(withIt, homes.clock)
    await again.vault.unlock(testPassword)
    again.close()
  })

  it('is not hidden by numbers in the log or the file that nobody signed', async () => {
    const folder = homes.make({ quickUnlock: true })
    tamper(join(folder, 'audit.db'), (database) => {
      database.exec('DROP TRIGGER checkpoints_keep_update; UPDATE checkpoints SET vault_counter = 1000000')
    })
    const core = new Core(folder, homes.clock)
    // What is signed over another number remembers nothing: the log is not whole, and says so.
    await core.vault.unlock(testPassword)
    expect(core.audit.verify().ok).toBe(false)
    core.close()
  })
})

describe('no alarm', () => {
  it('for a vault that was written to when its log could not note it any more', async () => {
    const folder = homes.make()
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword)
    for (const name of ['one', 'two', 'three']) core.vault.items.add({ ...rest, name })
    core.kill(folder)
    const again = new Core(folder, homes.clock)
    await again.vault.unlock(testPassword)
    expect(again.names()).toContain('three')
    again.close()
  })

  it('for a vault that is newer than a log that was put back', async () => {
    const folder = homes.make()
    putBack(folder, 'old', ['audit.db'])
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword)
    expect(core.audit.problem).toContain('the log was cut or an older one put back')
    core.close()
  })

  it('for a log that names no state of the vault, as earlier versions wrote it', async () => {
    const folder = homes.make()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'audit.db'), (database) => {
      database.exec(
        'DROP TRIGGER checkpoints_keep_update; UPDATE checkpoints SET vault_counter = NULL, vault_epoch = NULL',
      )
    })
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword)
    core.close()
  })

  it.each([
    ['over the vault that is there', []],
    ['over an older one that was put back', ['vault.db']],
    ['over a vault and a log that were put back', ['vault.db', 'audit.db']],
  ] as const)('for a backup that Clawkeep restored %s', async (_name, older) => {
    const folder = homes.make({ quickUnlock: true })
    putBack(folder, 'old', older)
    const core = new Core(folder, homes.clock)
    // Also where a restore made the numbers large before.
    for (let times = 0; times < 2; times += 1) {
      await core.vault.whole.restore({ from: join(folder, 'backup.ckbackup'), password: testPassword }, course)
      await core.vault.unlock(testPassword)
      await core.add(`after restore ${times}`)
    }
    expect(core.names()).toEqual(['after restore 1', 'kept'])
    core.close()
    const again = new Core(folder, homes.clock)
    await again.vault.unlock(testPassword)
    again.close()
  })

  it('for a backup that was restored over a vault file that does not open at all', async () => {
    const folder = homes.make({ quickUnlock: true })
    rmSync(join(folder, 'vault.db'))
    copyFileSync(import.meta.filename, join(folder, 'vault.db'))
    await restoreOverDamaged(
      { home: folder, from: join(folder, 'backup.ckbackup'), password: testPassword, clock: homes.clock },
      course,
    )
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword)
    expect(core.names()).toEqual(['kept'])
    core.close()
  })

  it('for what was rescued of a damaged vault, while the vault went on being written to', async () => {
    const folder = homes.make()
    const core = new Core(folder, homes.clock)
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
