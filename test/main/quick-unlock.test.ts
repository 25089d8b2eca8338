import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/shared/app-error.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { QuickUnlock } from '../../src/main/quick-unlock.ts'
import { quickUnlockPath, readQuickUnlockFile } from '../../src/main/quick-unlock-file.ts'
import { SettingsStore } from '../../src/main/settings/settings-store.ts'
import type { Course } from '../../src/main/vault/paced.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { ComputerKeychain } from '../support/keychain.ts'
import { createTestVault, temporaryHome, testPassword, type TestVault } from '../support/vault.ts'

const course: Course = { signal: new AbortController().signal }
const dayMs = 24 * 60 * 60_000

const keychainKey = randomBytes(32)

/** One vault with quick unlock, made once: each test has a copy of its own. */
let template: TestVault
let clock: FakeClock
let home: string
let vault: Vault
let keychain: ComputerKeychain
let settings: SettingsStore
let quick: QuickUnlock

beforeAll(async () => {
  clock = new FakeClock()
  template = await createTestVault({ clock })
  ;({ home, vault } = template)
  keychain = new ComputerKeychain(keychainKey)
  settings = new SettingsStore({ home, events: template.events })
  vault.items.add({ kind: 'api-key', name: 'kept', hosts: [], userName: '', secret: 'secret', notes: '' })
  quick = startOn(vault)
  await quick.turnOn(testPassword)
  vault.close()
})
afterAll(() => template.cleanup())

beforeEach(async () => {
  clock = new FakeClock()
  home = temporaryHome()
  for (const name of ['vault.db', 'quick-unlock.json']) copyFileSync(join(template.home, name), join(home, name))
  keychain = new ComputerKeychain(keychainKey)
  settings = new SettingsStore({ home, events: template.events })
  restart()
  await quick.unlock()
  quick.passwordGiven()
})
afterEach(() => {
  vault.close()
  rmSync(home, { recursive: true, force: true })
})

function startOn(opened: Vault): QuickUnlock {
  return new QuickUnlock({ home, vault: opened, keychain, settings, clock, events: new ChangeEvents() })
}

/** The program is started again on the same home. */
function restart(): void {
  vault.close()
  vault = Vault.open({ file: join(home, 'vault.db'), clock, events: new ChangeEvents() })
  quick = startOn(vault)
}

it('opens the vault with what the keychain keeps, also after a restart and a new vault key, and can be turned off', async () => {
  vault.lock()
  expect(quick.state()).toBe('ready')
  await quick.unlock()
  expect(vault.items.list()).toMatchObject([{ name: 'kept' }])
  await vault.whole.rotate(course, async () => {})
  restart()
  await quick.unlock()
  expect(vault.whole.epoch).toBe(2)
  expect(vault.problems).toEqual([])
  await quick.turnOff()
  expect([quick.state(), vault.ways.keychainSlotId, existsSync(quickUnlockPath(home))]).toEqual(['off', null, false])
  vault.lock()
  expect(await codeOfPromise(quick.unlock())).toBe('not_found')
  await vault.unlock(testPassword)
})

it('keeps its file for this user only, and nothing of the key in the clear', async () => {
  const file = quickUnlockPath(home)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const sealed = Buffer.from(readQuickUnlockFile(home)?.sealedKey ?? '', 'base64')
  const { text } = await keychain.open(sealed)
  const key = Buffer.from(text, 'base64')
  vault.lock()
  for (const name of readdirSync(home)) {
    const path = join(home, name)
    if (!statSync(path).isFile()) continue
    const bytes = readFileSync(path)
    expect([name, bytes.includes(key), bytes.includes(text)]).toEqual([name, false, false])
  }
})

it('is set up only with the password and with a keychain that keeps what it is given', async () => {
  await quick.turnOff()
  expect(await codeOfPromise(quick.turnOn('not the password'))).toBe('wrong_password')
  keychain.takeAway('There is none.')
  await expect(quick.turnOn(testPassword)).rejects.toThrow('There is none.')
  keychain.takeAway(null)
  const seal = keychain.seal.bind(keychain)
  keychain.seal = async (text) => (await seal(text)).fill(0, 0, 20)
  expect(await codeOfPromise(quick.turnOn(testPassword))).toBe('unavailable')
  expect([quick.state(), vault.ways.keychainSlotId, existsSync(quickUnlockPath(home))]).toEqual(['off', null, false])
})

describe('falls back to the password, and says so, when', () => {
  it.each([
    ['the keychain has another key', async () => keychain.change()],
    ['its file is lost', async () => (vault.lock(), rmSync(quickUnlockPath(home)))],
    ['its slot was made anew', async () => void (await vault.ways.setKeychainKey(testPassword, Buffer.alloc(32, 7)))],
  ])('%s', async (_name, lose) => {
    await lose()
    restart()
    expect(await codeOfPromise(quick.unlock())).toBe('unavailable')
    expect([vault.state, quick.state(), vault.throttledForMs()]).toEqual(['locked', 'lost', 0])
    await vault.unlock(testPassword)
    expect(quick.state()).toBe('lost')
    await quick.turnOn(testPassword)
    vault.lock()
    await quick.unlock()
    expect(vault.state).toBe('unlocked')
  })

  it('the keychain cannot be used now, without giving up what it keeps', async () => {
    vault.lock()
    keychain.takeAway('It is locked.')
    expect(await codeOfPromise(quick.unlock())).toBe('unavailable')
    keychain.takeAway(null)
    await quick.unlock()
    expect(vault.state).toBe('unlocked')
  })
})

describe('ends', () => {
  it('with a change of the password', async () => {
    await vault.ways.changePassword(testPassword, 'a newer password')
    quick.tidy()
    expect([quick.state(), existsSync(quickUnlockPath(home))]).toEqual(['off', false])
  })

  it('with recovery words that set a new password', async () => {
    vault.lock()
    await vault.recover(template.recoveryWords, 'a newer password')
    expect(quick.state()).toBe('off')
  })

  it('with the restore of a backup', async () => {
    const backup = join(home, 'a.ckbackup')
    await vault.whole.copyTo(backup, course)
    await vault.whole.restore({ from: backup, password: testPassword }, course)
    expect(quick.state()).toBe('off')
    await vault.unlock(testPassword)
    expect([vault.problems, existsSync(quickUnlockPath(home))]).toEqual([[], false])
  })

  it('not when guessing is made costlier', async () => {
    await vault.ways.calibrate(testPassword)
    vault.lock()
    await quick.unlock()
    expect(vault.state).toBe('unlocked')
  })
})

describe('asks for the password', () => {
  it('after the days the person chose, also when the clock is set back, and counts from when it was typed', async () => {
    vault.lock()
    clock.pass(14 * dayMs + 1)
    expect(await codeOfPromise(quick.unlock())).toBe('password_needed')
    await vault.unlock(testPassword)
    quick.passwordGiven()
    restart()
    clock.pass(13 * dayMs)
    await quick.unlock()
    vault.lock()
    settings.set({ quickUnlockDays: 7 })
    expect(quick.state()).toBe('password-due')
    settings.set({ quickUnlockDays: 30 })
    expect(quick.state()).toBe('ready')
    // To a time after the password, and before the lock.
    clock.setWall(clock.now() - dayMs)
    expect(quick.state()).toBe('password-due')
    clock.setWall(clock.now() - 13 * dayMs)
    expect(quick.state()).toBe('password-due')
  })

  it('at each start, when that was chosen', async () => {
    settings.set({ quickUnlockDays: 0 })
    vault.lock()
    expect(quick.state()).toBe('ready')
    restart()
    expect(quick.state()).toBe('password-due')
    await vault.unlock(testPassword)
    quick.passwordGiven()
    vault.lock()
    expect(quick.state()).toBe('ready')
  })
})

it('waits like any other way after too many wrong passwords', async () => {
  vault.lock()
  for (let times = 0; times < 5; times += 1) await vault.unlock('wrong password').catch(() => undefined)
  expect(await codeOfPromise(quick.unlock())).toBe('throttled')
})

it('seals its key again when the keychain has a newer one', async () => {
  vault.lock()
  keychain.sealAgain = true
  const before = readQuickUnlockFile(home)?.sealedKey
  await quick.unlock()
  keychain.sealAgain = false
  expect(readQuickUnlockFile(home)?.sealedKey).not.toBe(before)
  restart()
  await quick.unlock()
  expect(vault.state).toBe('unlocked')
})

it('never accepts a vault file that is older than one seen before', async () => {
  vault.lock()
  vault.findNewer = () => ({ counter: 1_000_000, refusal: new AppError('rolled_back', 'older') })
  expect(await codeOfPromise(quick.unlock())).toBe('rolled_back')
  expect([vault.state, quick.state()]).toEqual(['locked', 'ready'])
  await vault.unlock(testPassword, { acceptOlder: true })
  expect(vault.mark?.counter).toBeGreaterThan(1_000_000)
})
