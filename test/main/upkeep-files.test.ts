import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingsStore } from '../../src/main/settings/settings-store.ts'
import { Upkeep } from '../../src/main/upkeep.ts'
import { type AuditedVault, createAuditedVault } from '../support/audited-vault.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { FakeClock } from '../support/fake-clock.ts'

const person = { kind: 'person', id: 'window' } as const
const content = Buffer.alloc(70_000, 7)

let clock: FakeClock
let test: AuditedVault
let upkeep: Upkeep
let itemId: string
/** The attached file of that content. */
let id: string

beforeEach(async () => {
  clock = new FakeClock()
  test = await createAuditedVault({ clock })
  const { home, vault, audit, events } = test
  upkeep = new Upkeep({ home, vault, audit, settings: new SettingsStore({ home, events }), clock, events })
  itemId = vault.items.add({ kind: 'login', name: 'passport', secret: 'x' }).id
  id = (await vault.items.files.add(itemId, 'scan.pdf', [content])).id
})
afterEach(() => {
  upkeep.dispose()
  test.cleanup()
})

const live = (): ReadonlyArray<string> => readdirSync(join(test.home, 'vault-files'))
const saved = (): ReadonlyArray<string> => readdirSync(join(test.home, 'backups', 'vault-files'))

async function backUp(out: string | null = null): Promise<string> {
  clock.pass(1000)
  return (await upkeep.backup(person, out)).file
}

/** Puts it in place and gives what the attached file of it holds. */
async function restored(from: string): Promise<Buffer> {
  clock.pass(1000)
  await upkeep.restore(person, from, test.password)
  await test.vault.unlock(test.password)
  expect(test.vault.problems).toEqual([])
  const pieces: Buffer[] = []
  for await (const piece of test.vault.items.files.read(id)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

describe('the attached files of a backup', () => {
  it('stay while any backup in the folder names them, whatever it is called, and go with the last one', async () => {
    const first = await backUp()
    const renamed = join(dirname(first), 'before my trip')
    renameSync(first, renamed)
    const given = await backUp(join(dirname(first), 'mine.ckbackup'))
    writeFileSync(join(dirname(first), 'notes.txt'), 'No vault. '.repeat(200))
    writeFileSync(join(dirname(first), 'empty'), '')
    test.vault.items.files.remove(id)
    await backUp()
    expect(saved()).toEqual([id])
    rmSync(given)
    expect(await restored(renamed)).toEqual(content)
    test.vault.items.files.remove(id)
    rmSync(renamed)
    await backUp()
    expect(saved()).toEqual([])
  })

  it('stay while there is a backup that cannot be read', async () => {
    const first = await backUp()
    writeFileSync(join(dirname(first), 'cut.ckbackup'), 'half a header')
    test.vault.items.files.remove(id)
    rmSync(first)
    await backUp()
    expect(saved()).toEqual([id])
  })
})

const damages: ReadonlyArray<readonly [string, (bytes: Buffer) => Buffer]> = [
  [
    'has one bit changed',
    (bytes) => Buffer.concat([bytes.subarray(0, 500), Buffer.of((bytes[500] ?? 0) ^ 1), bytes.subarray(501)]),
  ],
  ['is cut short', (bytes) => bytes.subarray(0, 500)],
]

describe.each(damages)('an attached file that %s', (_name, damage) => {
  const spoil = (path: string): void => writeFileSync(path, damage(readFileSync(path)))
  const ofVault = (): string => join(test.home, 'vault-files', id)
  const ofBackups = (): string => join(test.home, 'backups', 'vault-files', id)

  it('in the vault is put right by a restore, and by a backup made since', async () => {
    const whole = readFileSync(ofVault())
    const first = await backUp()
    spoil(ofVault())
    expect((await upkeep.check(person, false)).problems).toMatchObject([{ table: 'files' }])
    const second = await backUp()
    expect(readFileSync(ofBackups())).toEqual(whole)
    for (const from of [first, second]) {
      spoil(ofVault())
      expect(await restored(from)).toEqual(content)
    }
    expect((await upkeep.check(person, false)).problems).toEqual([])
  })

  it('beside the backups is put right by the next one, and takes nothing from the vault', async () => {
    const whole = readFileSync(ofVault())
    const first = await backUp()
    spoil(ofBackups())
    expect(await restored(first)).toEqual(content)
    await upkeep.rotate(person)
    expect([readFileSync(ofVault()), readFileSync(ofBackups())]).toEqual([whole, whole])
    expect([live(), saved()]).toEqual([[id], [id]])
  })

  it('in both places makes neither a backup nor a restore, and stays as it is', async () => {
    const first = await backUp()
    spoil(ofBackups())
    spoil(ofVault())
    const before = [readFileSync(ofVault()), readFileSync(ofBackups())]
    expect(await codeOfPromise(backUp())).toBe('damaged')
    expect(await codeOfPromise(upkeep.restore(person, first, test.password))).toBe('damaged')
    expect([readFileSync(ofVault()), readFileSync(ofBackups())]).toEqual(before)
    expect([live(), saved()]).toEqual([[id], [id]])
  })
})

it('a write-protected backup is restored to files that can be written', async () => {
  const from = await backUp()
  test.vault.items.files.remove(id)
  for (const path of [from, join(test.home, 'backups', 'vault-files', id)]) chmodSync(path, 0o444)
  expect(await restored(from)).toEqual(content)
  for (const path of [test.file, join(test.home, 'vault-files', id)]) expect(statSync(path).mode & 0o777).toBe(0o600)
})

describe('an attached file that is removed', () => {
  it('stays for the vault that a restore kept aside, and goes when that is gone', async () => {
    const backup = await backUp()
    test.vault.items.add({ kind: 'login', name: 'newer', secret: 'x' })
    clock.pass(1000)
    const { keptAside } = await upkeep.restore(person, backup, test.password)
    await test.vault.unlock(test.password)
    test.vault.items.files.remove(id)
    const before = readdirSync(test.home)
    expect(live()).toEqual([id])
    expect(await restored(keptAside ?? '')).toEqual(content)
    expect(test.vault.items.byName('newer')).toBeDefined()
    // To look into what is kept aside leaves nothing beside it.
    expect(before.filter((name) => /before-restore.*-(?:wal|shm)$/.test(name))).toEqual([])
    test.vault.items.files.remove(id)
    expect(live()).toEqual([id])
    for (const name of readdirSync(test.home)) if (name.includes('before-restore')) rmSync(join(test.home, name))
    test.vault.items.files.sweep()
    expect(live()).toEqual([])
  })

  it('while a restore runs is there in what is restored', async () => {
    const { vault, file } = test
    const from = await backUp()
    const nowMs = clock.now()
    let isRemoved = false
    clock.now = () => {
      // The last moment: the copy was checked and closed, and gets the place of the vault next.
      if (!isRemoved && existsSync(`${file}.restoring`) && !existsSync(`${file}.restoring-wal`)) {
        isRemoved = true
        vault.items.files.remove(id)
      }
      return nowMs
    }
    expect(await restored(from)).toEqual(content)
    expect(isRemoved).toBe(true)
  })

  it('while a restore runs that comes to nothing goes when that has ended', async () => {
    const from = await backUp()
    const restoring = codeOfPromise(
      test.vault.whole.restore({ from, password: 'a wrong password' }, { signal: new AbortController().signal }),
    )
    await setImmediate()
    test.vault.items.files.remove(id)
    expect(live()).toEqual([id])
    expect(await restoring).toBe('wrong_password')
    expect(live()).toEqual([])
  })
})

it('the check opens attached files to their last byte, which an unlock does not', async () => {
  const { vault, home, password } = test
  const file = await vault.items.files.add(itemId, 'deed.pdf', [Buffer.alloc(700_000, 7)])
  const sealed = join(home, 'vault-files', file.id)
  const bytes = readFileSync(sealed)
  bytes[600_000] = (bytes[600_000] ?? 0) ^ 1
  writeFileSync(sealed, bytes)
  vault.lock()
  await vault.unlock(password)
  expect(vault.problems).toEqual([])
  const { problems } = await upkeep.check(person, false)
  expect(problems).toMatchObject([{ table: 'files', id: `${itemId}/${file.id}`, name: 'passport' }])
})
