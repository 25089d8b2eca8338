import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import type { Topic } from '../../../src/shared/ipc/contract.ts'
import type { ItemInput } from '../../../src/shared/models/item.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { createTestVault, temporaryHome, testPassword, type TestVault } from '../../support/vault.ts'

const input: ItemInput = { kind: 'api-key', name: 'github', hosts: [], userName: '', secret: 'ghp_1', notes: '' }

describe('a folder without a vault', () => {
  const home = temporaryHome()
  let vault: Vault

  beforeAll(() => {
    vault = Vault.open({ file: join(home, 'vault.db'), clock: systemClock, events: new ChangeEvents() })
  })
  afterAll(() => {
    vault.close()
    rmSync(home, { recursive: true })
  })

  it('is absent, and says so', async () => {
    expect(vault.state).toBe('absent')
    expect([vault.vaultId, vault.auditPublicKey]).toEqual([null, null])
    expect(codeOf(() => vault.items.list())).toBe('locked')
    expect(codeOf(() => vault.inbox.seal(Buffer.from('a')))).toBe('not_found')
    expect(vault.records.listClear('api-key')).toEqual([])
    expect(await codeOfPromise(vault.unlock(testPassword))).toBe('not_found')
  })

  it('refuses a short password and makes nothing', async () => {
    expect(await codeOfPromise(vault.create('nine char'))).toBe('invalid')
    expect(vault.state).toBe('absent')
  })

  it('makes one vault when asked twice at once', async () => {
    const made = await Promise.all([vault.create(testPassword), vault.create('another password')].map(codeOfPromise))
    expect(made).toEqual(['none', 'conflict'])
    expect(vault.state).toBe('unlocked')
    expect(vault.vaultId).toMatch(/^vlt_/)
  })
})

describe('a vault', () => {
  let test: TestVault
  let vault: Vault
  const topics: Topic[] = []

  beforeAll(async () => {
    test = await createTestVault()
    vault = test.vault
    test.events.on((topic) => topics.push(topic))
  })
  afterAll(() => test.cleanup())

  it('keeps what was put in over lock, close and unlock', async () => {
    const { id } = vault.items.add(input)
    vault.records.put('grant', 'one', { uses: 3 })
    const publicKey = vault.auditPublicKey
    vault = test.reopen()
    expect(vault.state).toBe('locked')
    expect(vault.auditPublicKey).toEqual(publicKey)
    await vault.unlock(testPassword)
    expect(vault.state).toBe('unlocked')
    expect(vault.problems).toEqual([])
    expect(vault.items.reveal(id, 'secret')).toBe('ghp_1')
    expect(vault.records.get('grant', 'one')).toEqual({ uses: 3 })
    expect(vault.auditSigner().publicKey).toEqual(publicKey)
  })

  it('takes a password typed with other Unicode composition for the same', async () => {
    const decomposed = testPassword.normalize('NFD')
    expect(decomposed).not.toBe(testPassword)
    expect(await codeOfPromise(vault.verifyPassword(decomposed))).toBe('none')
  })

  it('checks a password without changing its state, and refuses a wrong one', async () => {
    expect(await codeOfPromise(vault.verifyPassword('not the password'))).toBe('wrong_password')
    expect(vault.state).toBe('unlocked')
  })

  it('serves nothing once it is locked, and locks within 100 ms', () => {
    const signer = vault.auditSigner()
    const startedMs = performance.now()
    vault.lock()
    expect(performance.now() - startedMs).toBeLessThan(100)
    expect(vault.state).toBe('locked')
    const { items, records, inbox } = vault
    const calls = [
      () => items.list(),
      () => items.get('a'),
      () => items.byName('github'),
      () => items.add(input),
      () => items.edit('a', {}),
      () => items.remove('a'),
      () => items.reveal('a', 'secret'),
      () => items.useSecret('a', (secret) => secret),
      () => records.get('grant', 'one'),
      () => records.list('grant'),
      () => records.put('grant', 'one', 1),
      () => records.remove('grant', 'one'),
      () => inbox.open(Buffer.alloc(100)),
      () => vault.auditSigner(),
      () => signer.sign(Buffer.from('a')),
      () => vault.auditCheckpoint(),
      () => vault.setAuditCheckpoint({ size: 1, root: '' }),
    ]
    for (const call of calls) expect(codeOf(call)).toBe('locked')
  })

  it('runs listeners with the keys in hand, whatever other listeners do', async () => {
    const heard: string[] = []
    const stops = [
      vault.onUnlock(() => {
        heard.push(`unlock: ${vault.items.list().length} item`)
        throw new Error('a broken part')
      }),
      vault.onUnlock(() => heard.push('second')),
      vault.onLock(() => {
        vault.auditSigner().sign(Buffer.from('checkpoint'))
        vault.setAuditCheckpoint({ size: 5, root: 'ef' })
        heard.push('signed')
        throw new Error('a broken part')
      }),
      vault.onLock(() => {
        vault.lock()
        heard.push('last')
      }),
    ]
    topics.length = 0
    await vault.unlock(testPassword)
    expect(vault.problems.map(({ table }) => table)).toEqual(['core'])
    expect(topics).toContain('status')
    vault.lock()
    expect(heard).toEqual(['unlock: 1 item', 'second', 'signed', 'last'])
    for (const stop of stops) stop()
    await vault.unlock(testPassword)
    expect(vault.auditCheckpoint()).toEqual({ size: 5, root: 'ef' })
    expect(vault.problems).toEqual([])
  })

  it('stays locked when it is locked while the password is being checked', async () => {
    vault.lock()
    const unlocking = codeOfPromise(vault.unlock(testPassword))
    await new Promise((resolve) => setTimeout(resolve, 10))
    vault.lock()
    expect(await unlocking).toBe('cancelled')
    expect(vault.state).toBe('locked')
  })

  it('turns a crowd of passwords away instead of queueing them', async () => {
    const codes = await Promise.all(Array.from({ length: 12 }, () => codeOfPromise(vault.unlock('wrong password'))))
    expect(codes.filter((code) => code === 'wrong_password').length).toBeLessThanOrEqual(5)
    expect(codes.filter((code) => code === 'throttled').length).toBeGreaterThanOrEqual(7)
    expect(vault.throttledForMs()).toBeGreaterThan(0)
    vault = test.reopen()
    expect(await codeOfPromise(vault.unlock(testPassword))).toBe('throttled')
  })

  it('cannot be opened by another process meanwhile', async () => {
    const script = `
      const [{ Vault }, { ChangeEvents }, { systemClock }] = await Promise.all(JSON.parse(process.argv[1]).map((url) => import(url)))
      try { Vault.open({ file: process.argv[2], clock: systemClock, events: new ChangeEvents() }) } catch (error) { console.log(error.code) }`
    const urls = ['vault/vault.ts', 'change-events.ts', 'clock.ts'].map(
      (path) => pathToFileURL(join(import.meta.dirname, '../../../src/main', path)).href,
    )
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(urls), test.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [text] = await once(child.stdout, 'data')
    expect(String(text).trim()).toBe('in_use')
    await once(child, 'exit')
  })

  it('answers after close with an error instead of a crash', async () => {
    vault.close()
    vault.close()
    expect(await codeOfPromise(vault.unlock(testPassword))).toBe('cancelled')
    expect(codeOf(() => vault.items.list())).toBe('locked')
  })
})

describe('a vault on a disk that fails', () => {
  it('is not half made when the disk is full, and can be made when there is space', async () => {
    const disk = smallDisk(2)
    const vault = Vault.open({ file: join(disk.folder, 'vault.db'), clock: systemClock, events: new ChangeEvents() })
    disk.fill()
    expect(await codeOfPromise(vault.create(testPassword))).toBe('disk_full')
    expect(vault.state).toBe('absent')
    disk.empty()
    await vault.create(testPassword)
    expect(vault.state).toBe('unlocked')
    expect(vault.problems).toEqual([])
    vault.close()
    disk.remove()
  })

  it('loses nothing on a full disk, says so, and goes on when there is space', async () => {
    const disk = smallDisk(2)
    const clock = new FakeClock()
    const test = await createTestVault({ home: disk.folder, clock })
    const { items, records } = test.vault
    const { id } = items.add(input)
    disk.fill()
    const long = 'x'.repeat(60_000)
    expect(codeOf(() => items.add({ ...input, name: 'too much', notes: long }))).toBe('disk_full')
    expect(codeOf(() => items.edit(id, { notes: long }))).toBe('disk_full')
    expect(codeOf(() => records.put('grant', 'one', long))).toBe('disk_full')
    expect(items.list().map(({ name, revision }) => [name, revision])).toEqual([['github', 1]])
    expect(records.get('grant', 'one')).toBeUndefined()
    expect(items.reveal(id, 'secret')).toBe('ghp_1')
    disk.empty()
    items.edit(id, { secret: 'ghp_2', notes: long })
    const again = test.reopen()
    await again.unlock(testPassword)
    expect(again.problems).toEqual([])
    expect(again.items.reveal(id, 'secret')).toBe('ghp_2')
    again.close()
    disk.makeReadOnly()
    expect(codeOf(() => Vault.open({ file: test.file, clock, events: test.events }))).toBe('read_only')
    disk.remove()
  })
})
