import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Core, type OlderVaultHomes, course, olderVaultHomes, putBack } from '../support/older-vault.ts'
import { testPassword } from '../support/vault.ts'
import { tamper } from './vault/vault-file.ts'

let homes: OlderVaultHomes
beforeAll(async () => {
  homes = await olderVaultHomes()
})
afterAll(() => homes.cleanup())

describe('an older vault file that was made to look new', () => {
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
    const folder = homes.make()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'vault.db'), (database) => void database.exec(sql))
    const core = new Core(folder, homes.clock)
    await expect(core.vault.unlock(testPassword)).rejects.toMatchObject({ code: 'rolled_back' })
    core.close()
  })

  it('with a raised counter is no news once the person has accepted it, nor is a backup restored over it', async () => {
    const folder = homes.make()
    putBack(folder, 'old', ['vault.db'])
    tamper(join(folder, 'vault.db'), (database) => void database.exec('UPDATE manifest SET counter = 9007199254740989'))
    copyFileSync(join(folder, 'vault.db'), join(folder, 'tampered.db'))
    const core = new Core(folder, homes.clock)
    await core.vault.unlock(testPassword, { acceptOlder: true })
    expect([core.names(), core.vault.problems.length]).toEqual([['kept'], 1])
    core.close()
    const again = new Core(folder, homes.clock)
    await again.vault.unlock(testPassword)
    again.close()
    copyFileSync(join(folder, 'tampered.db'), join(folder, 'vault.db'))
    const third = new Core(folder, homes.clock)
    await third.vault.whole.restore({ from: join(folder, 'backup.ckbackup'), password: testPassword }, course)
    third.close()
    const restored = new Core(folder, homes.clock)
    await restored.vault.unlock(testPassword)
    restored.close()
  })
})
