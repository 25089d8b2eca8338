import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { newRecoveryWords, readRecoveryWords } from '../../../src/main/vault/recovery-words.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { createTestVault, testPassword, type TestVault } from '../../support/vault.ts'
import { flipColumn } from './changed-vault.ts'
import { tamper } from './vault-file.ts'

const newPassword = 'another good password'
const strangers = newRecoveryWords().words

let test: TestVault
let vault: Vault

beforeEach(async () => {
  test = await createTestVault()
  vault = test.vault
  vault.items.add({ kind: 'api-key', name: 'github', hosts: [], userName: '', secret: 'ghp_1', notes: '' })
})
afterEach(() => test.cleanup())

const secret = (of: Vault): string => of.items.reveal(of.items.byName('github')?.id ?? '', 'secret')
const opens = async (password: string): Promise<boolean> =>
  (await codeOfPromise(vault.verifyPassword(password))) === 'none'

describe('a vault whose password was forgotten', () => {
  it('opens with its recovery words, and from then on with the new password only', async () => {
    vault = test.reopen()
    await vault.recover(test.recoveryWords, newPassword)
    expect([vault.state, secret(vault)]).toEqual(['unlocked', 'ghp_1'])
    vault = test.reopen()
    expect(await codeOfPromise(vault.unlock(testPassword))).toBe('wrong_password')
    await vault.unlock(newPassword)
    expect([secret(vault), vault.problems]).toEqual(['ghp_1', []])
  })

  it('opens with the same words again, also after what was written meanwhile', async () => {
    vault.lock()
    await vault.recover(test.recoveryWords, newPassword)
    vault.items.edit(vault.items.byName('github')?.id ?? '', { secret: 'ghp_2' })
    vault = test.reopen()
    await vault.recover(test.recoveryWords, testPassword)
    expect([secret(vault), vault.problems]).toEqual(['ghp_2', []])
  })

  it('keeps what is open open when it is not locked at all', async () => {
    await vault.recover(test.recoveryWords, newPassword)
    expect([vault.state, await opens(newPassword), await opens(testPassword)]).toEqual(['unlocked', true, false])
  })

  it('stays locked, with the old password, when the new one is too short', async () => {
    vault.lock()
    expect(await codeOfPromise(vault.recover(test.recoveryWords, 'too short'))).toBe('invalid')
    expect([vault.state, await opens(testPassword)]).toEqual(['locked', true])
  })

  it('stays locked when it is locked while the words are tried', async () => {
    vault.lock()
    const recovering = codeOfPromise(vault.recover(test.recoveryWords, newPassword))
    await new Promise((resolve) => setTimeout(resolve, 20))
    vault.lock()
    expect(await recovering).toBe('cancelled')
    expect([vault.state, await opens(testPassword)]).toEqual(['locked', true])
  })

  it('leaves no copy of the old slot in any file', async () => {
    const slotOf = (kind: string): Buffer => {
      test.reopen().close()
      let bytes: Buffer = Buffer.alloc(0)
      tamper(test.file, (database) => {
        bytes = database.prepare('SELECT sealed_vault_key FROM key_slots WHERE kind = ?').pluck().get(kind) as Buffer
      })
      return bytes
    }
    const old = slotOf('password')
    expect(readFileSync(test.file).includes(old)).toBe(true)
    vault = test.reopen()
    await vault.recover(test.recoveryWords, newPassword)
    for (const file of [test.file, `${test.file}-wal`]) {
      if (existsSync(file)) expect(readFileSync(file).includes(old), file).toBe(false)
    }
  })
})

describe('recovery words', () => {
  it('of another vault are wrong, and count like wrong passwords', async () => {
    vault.lock()
    for (let count = 0; count < 5; count += 1) {
      expect(await codeOfPromise(vault.recover(strangers, newPassword))).toBe('wrong_password')
    }
    expect(await codeOfPromise(vault.recover(test.recoveryWords, newPassword))).toBe('throttled')
    expect(await codeOfPromise(vault.unlock(testPassword))).toBe('throttled')
  })

  it('that were mistyped are not counted', async () => {
    vault.lock()
    for (let count = 0; count < 9; count += 1) {
      expect(await codeOfPromise(vault.recover(`${test.recoveryWords} zoo`, newPassword))).toBe('invalid')
    }
    expect(vault.throttledForMs()).toBe(0)
  })

  it('are in no file, neither as words nor as bits', () => {
    const key = readRecoveryWords(test.recoveryWords)
    vault.close()
    const bytes = readFileSync(test.file)
    for (const form of [key, key.toString('hex'), key.toString('base64'), test.recoveryWords.slice(0, 20)]) {
      expect(bytes.includes(form)).toBe(false)
    }
  })

  it('can be made anew with the password, and then the old ones open nothing', async () => {
    const words = await vault.ways.renewRecoveryWords(testPassword)
    expect(words.split(' ')).toHaveLength(24)
    vault = test.reopen()
    expect(await codeOfPromise(vault.recover(test.recoveryWords, newPassword))).toBe('wrong_password')
    await vault.recover(words, newPassword)
    expect([secret(vault), vault.problems]).toEqual(['ghp_1', []])
  })

  it('are not made anew with a wrong password, nor while locked', async () => {
    expect(await codeOfPromise(vault.ways.renewRecoveryWords('a wrong password'))).toBe('wrong_password')
    vault.lock()
    expect(await codeOfPromise(vault.ways.renewRecoveryWords(testPassword))).toBe('locked')
    await vault.recover(test.recoveryWords, newPassword)
    expect(vault.state).toBe('unlocked')
  })
})

describe('a recovery slot that was changed', () => {
  const slot = "kind = 'recovery'"

  it.each([
    ['kind', 'not_found'],
    ['id', 'damaged'],
    ['params', 'damaged'],
    ['epoch', 'damaged'],
    ['revision', 'damaged'],
    ['sealed_vault_key', 'damaged'],
  ])('in its %s opens nothing: %s; the password still opens the vault, which says so', async (column, code) => {
    vault.close()
    tamper(test.file, (database) => flipColumn(database, 'key_slots', column, slot))
    vault = test.reopen()
    expect(await codeOfPromise(vault.recover(test.recoveryWords, newPassword))).toBe(code)
    await vault.unlock(testPassword)
    expect(vault.problems.map(({ id }) => id)).toContain('checksum')
    expect(secret(vault)).toBe('ghp_1')
  })

  it('and put back to what it was before newer words were made is named, and is no way back for ever', async () => {
    vault.close()
    let before: Record<string, unknown> = {}
    tamper(test.file, (database) => {
      before = database.prepare(`SELECT * FROM key_slots WHERE ${slot}`).get() as Record<string, unknown>
    })
    vault = test.reopen()
    await vault.unlock(testPassword)
    await vault.ways.renewRecoveryWords(testPassword)
    vault.close()
    tamper(test.file, (database) => {
      database.prepare(`DELETE FROM key_slots WHERE ${slot}`).run()
      database
        .prepare('INSERT INTO key_slots VALUES (@id, @kind, @params, @epoch, @revision, @sealed_vault_key)')
        .run(before)
    })
    vault = test.reopen()
    await vault.unlock(testPassword)
    expect(vault.problems.map(({ id }) => id)).toEqual(expect.arrayContaining(['checksum', 'proof']))
  })
})

describe('a new password on a disk that runs full', () => {
  it('is set or not set, never half: with any number of free pages the vault opens afterwards', async () => {
    const disk = smallDisk(2)
    const file = join(disk.folder, 'vault.db')
    const open = (): Vault => Vault.open({ file, clock: systemClock, events: new ChangeEvents() })
    const made = open()
    const words = await made.create(testPassword)
    made.close()
    const outcomes: string[] = []
    let current = testPassword
    for (let freePages = 0; freePages <= 12; freePages += 2) {
      const next = `${newPassword} ${freePages}`
      const full = open()
      disk.fill()
      disk.leave(freePages * 4096)
      const outcome = await codeOfPromise(full.recover(words, next))
      if (outcome === 'none') current = next
      outcomes.push(outcome)
      expect([outcome, full.state]).toEqual(outcome === 'none' ? ['none', 'unlocked'] : ['disk_full', 'locked'])
      full.close()
      disk.empty()
      const again = open()
      await again.unlock(current)
      expect(again.problems).toEqual([])
      again.close()
    }
    expect(new Set(outcomes)).toEqual(new Set(['disk_full', 'none']))
    disk.remove()
  })
})
