import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import type { ItemOverview } from '../../src/shared/models/item.ts'
import type { AuditPage } from '../../src/shared/models/audit.ts'
import { clawkeep, cliHome, type CliHome } from '../support/cli.ts'
import { readPdf } from '../support/pdf-text.ts'

const newPassword = 'a newer password of mine'

describe('the vault as a whole, by command', () => {
  const at: CliHome = cliHome()
  const other: CliHome = cliHome()
  afterAll(() => {
    at.cleanup()
    other.cleanup()
  })
  const out = (): string => join(at.folder, 'kept.ckbackup')
  const names = async (home: CliHome, file = home.passwordFile): Promise<ReadonlyArray<string>> => {
    const run = await clawkeep(['--home', home.home, '--json', '--password-file', file, 'item', 'list'])
    return (JSON.parse(run.stdout) as ReadonlyArray<ItemOverview>).map(({ name }) => name)
  }
  const add = (name: string): Promise<unknown> =>
    at.json(['item', 'add', '--kind', 'api-key', '--name', name, '--value-file', at.file(name, 'secret')])

  test('a backup is one private file, opened row by row, and is never written over', async () => {
    await at.json(['init'])
    await add('first')
    expect(await at.json(['vault', 'backup', '--out', out()])).toEqual({ file: out(), items: 1 })
    expect(statSync(out()).mode & 0o777).toBe(0o600)
    const again = await at.run(['vault', 'backup', '--out', out()])
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is a file')])
    expect((await at.json<{ file: string }>(['vault', 'backup'])).file).toContain(join(at.home, 'backups'))
  })

  test('a rotation gives the next epoch, and the doctor finds everything open', async () => {
    await add('second')
    expect(await at.json(['vault', 'rotate'])).toEqual({ epoch: 2 })
    const checked = await at.json(['vault', 'doctor'])
    expect(checked).toMatchObject({ epoch: 2, items: 2, problems: [], keptAside: null })
    expect((await at.run(['vault', 'doctor'])).stdout).toContain('The vault is whole: 2 items')
  })

  test('the password is changed and guesses made costlier, only with the present password', async () => {
    const change = ['vault', 'change-password', '--new-password-file', at.file('new', `${newPassword}\n`)]
    const wrong = await clawkeep(['--home', at.home, '--password-file', at.file('wrong', 'not it at all'), ...change])
    expect(wrong.code).toBe(3)
    expect(await at.json(change)).toEqual({ password: 'changed' })
    expect((await at.run(['item', 'list'])).code).toBe(3)
    const cost = await clawkeep([
      ...['--home', at.home, '--json'],
      ...['--password-file', at.file('new', newPassword)],
      'vault',
      'calibrate',
    ])
    const { memoryMiB, passes, raised } = JSON.parse(cost.stdout) as {
      memoryMiB: number
      passes: number
      raised: boolean
    }
    expect(raised).toBe(memoryMiB > 64 || passes > 3)
    const database = new SqliteDatabase(join(at.home, 'vault.db'), { readonly: true })
    const slot = database.prepare("SELECT params FROM key_slots WHERE kind = 'password'").pluck().get()
    database.close()
    expect(JSON.parse(String(slot))).toMatchObject({ memoryKiB: memoryMiB * 1024, passes })
    expect(await names(at, at.file('new', newPassword))).toEqual(['first', 'second'])
  })

  test('a backup is restored with the password it was made with: over the old vault, which is kept, and into a new home', async () => {
    const restore = ['vault', 'restore', '--from', out()]
    const wrong = await clawkeep(['--home', at.home, '--password-file', at.file('new', newPassword), ...restore])
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('does not open this backup')])
    const { items, keptAside } = await at.json<{ items: number; keptAside: string }>(restore)
    expect([items, readdirSync(at.home).some((name) => keptAside.endsWith(name))]).toEqual([1, true])
    expect(await names(at)).toEqual(['first'])
    const verdict = await at.json<{ ok: boolean }>(['audit', 'verify'])
    expect(verdict.ok).toBe(true)
    const page = await at.json<AuditPage>(['audit', 'list', '--limit', '500'])
    expect(page.entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'vault.backup',
        'vault.rotate',
        'vault.change-password',
        'vault.calibrate',
        'vault.restore',
      ]),
    )
    expect(await other.json(restore)).toEqual({ items: 1, keptAside: null })
    expect(await names(other)).toEqual(['first'])
    expect((await other.json<{ ok: boolean }>(['audit', 'verify'])).ok).toBe(true)
  })

  test('the doctor names what does not open, and rescues the rest; the damaged file is kept', async () => {
    await add('lost')
    const file = join(at.home, 'vault.db')
    const database = new SqliteDatabase(file)
    database.exec('UPDATE items SET sealed_details = zeroblob(150) WHERE rowid = (SELECT max(rowid) FROM items)')
    database.close()
    const found = await at.run(['vault', 'doctor'])
    expect([found.code, found.stdout]).toEqual([1, expect.stringMatching(/items +lost +.*changed/)])
    const listed = await at.run(['item', 'list'])
    expect([listed.code, listed.stderr]).toEqual([0, '1 item does not open: run clawkeep vault doctor\n'])
    expect(listed.stdout).not.toContain('lost')
    const rescued = await at.json<{ keptAside: string; problems: ReadonlyArray<unknown> }>([
      'vault',
      'doctor',
      '--rescue',
    ])
    expect(rescued.problems).toHaveLength(1)
    expect(statSync(rescued.keptAside).size).toBeGreaterThan(0)
    expect(await names(at)).toEqual(['first'])
    expect((await at.run(['vault', 'doctor'])).code).toBe(0)
  })

  test('a vault file that cannot even be opened is replaced by a backup, and kept', async () => {
    const file = join(at.home, 'vault.db')
    writeFileSync(file, 'this is no vault any more'.repeat(1000))
    expect((await at.run(['item', 'list'])).code).toBe(1)
    const { keptAside } = await at.json<{ keptAside: string }>(['vault', 'restore', '--from', out()])
    expect(readFileSync(keptAside, 'utf8')).toContain('this is no vault any more')
    expect(await names(at)).toEqual(['first'])
    const page = await at.json<AuditPage>(['audit', 'list', '--limit', '500'])
    expect(page.entries.filter(({ kind }) => kind === 'vault.restore').length).toBeGreaterThan(2)
    expect((await at.json<{ ok: boolean }>(['audit', 'verify'])).ok).toBe(true)
  })
})

describe('the recovery words on a sheet, by command', () => {
  const at: CliHome = cliHome()
  afterAll(() => at.cleanup())
  const wordsIn = (file: string): string =>
    readPdf(readFileSync(file))
      .pieces.filter((piece) => /^[a-z]{3,8}$/.test(piece))
      .join(' ')

  test('a vault is made with a sheet instead of words on the screen, and the words on it set a new password', async () => {
    const kit = join(at.folder, 'kit.pdf')
    const made = await at.run(['init', '--kit', kit])
    expect(made.code).toBe(0)
    expect(statSync(kit).mode & 0o777).toBe(0o600)
    const words = wordsIn(kit)
    expect(words.split(' ')).toHaveLength(24)
    for (const word of words.split(' ').slice(0, 5)) expect(made.stdout).not.toContain(`. ${word} `)
    const again = await at.run(['vault', 'recovery-words', '--kit', kit])
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is a file')])
    const file = at.file('words', words)
    const recovered = await at.run(['vault', 'recover', '--words-file', file])
    expect(recovered).toMatchObject({ code: 0, stdout: expect.stringContaining('The new password is set.') as string })
    const other = join(at.folder, 'other.pdf')
    expect(await at.json(['vault', 'recovery-words', '--kit', other, '--paper', 'letter'])).toEqual({ kit: other })
    expect(wordsIn(other)).not.toBe(words)
  })

  test('words that could be put into no file are shown, because they exist nowhere else', async () => {
    const run = await at.run(['vault', 'recovery-words', '--kit', join(at.folder, 'no such folder', 'kit.pdf')])
    expect([run.code, run.stdout]).toEqual([1, expect.stringContaining('No PDF was written.')])
    expect(run.stdout).toMatch(/1\. [a-z]+ /)
  })

  test('an older vault file is refused with what it lacks, until it is accepted by name', async () => {
    const vault = join(at.home, 'vault.db')
    copyFileSync(vault, join(at.folder, 'older.db'))
    await at.json(['item', 'add', '--kind', 'api-key', '--name', 'n', '--value-file', at.file('n', 'secret')])
    copyFileSync(join(at.folder, 'older.db'), vault)
    const refused = await at.run(['item', 'list'])
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('it was put back outside Clawkeep')])
    expect(refused.stderr).toContain('clawkeep unlock --accept-older')
    expect((await at.run(['unlock', '--accept-older'])).code).toBe(0)
    expect(await at.json(['item', 'list'])).toEqual([])
  })
})
