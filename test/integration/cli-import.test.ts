import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditPage } from '../../src/shared/models/audit.ts'
import { type CliHome, cliHome } from '../support/cli.ts'
import { csvFiles } from '../support/import-text-files.ts'
import { kdbx } from '../support/kdbx-files.ts'

type Preview = { readonly rows: ReadonlyArray<{ name: string; outcome: string; remarks: ReadonlyArray<string> }> }
type Listed = ReadonlyArray<{ readonly name: string; readonly files: number }>

let at: CliHome
let other: CliHome

beforeAll(async () => {
  at = cliHome()
  other = cliHome()
  await Promise.all([at.run(['init']), other.run(['init'])])
})
afterAll(() => {
  at.cleanup()
  other.cleanup()
})

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(at.home, name)
  writeFileSync(path, content)
  return path
}

describe('Ctrl-C', () => {
  let many: CliHome
  const rows = (from: number): string =>
    Array.from({ length: 3_000 }, (_, at) => `MANY_${from + at}=value ${at}`).join('\n')
  beforeAll(async () => {
    many = cliHome()
    await many.run(['init'])
    await many.json(['vault', 'import', many.file('first.env', rows(0)), '--format', 'dotenv'])
  })
  afterAll(() => many.cleanup())

  const checked = (): string => join(many.home, 'vault.db.checked')
  const cancelled = async (kind: string): Promise<unknown> =>
    (await many.json<AuditPage>(['audit', 'list', '--limit', '20'])).entries.find(
      (entry) => entry.kind === kind && entry.outcome !== null,
    )
  const expectCancelled = (ended: { code: number | null; stdout: string; stderr: string }): void => {
    expect([ended.code, ended.stdout]).toEqual([130, ''])
    expect(ended.stderr).toContain('Cancelled. Nothing was changed.')
  }

  test('stops the work of a command, in its own core and in one that runs, and says that nothing was changed', async () => {
    expectCancelled(await many.run(['vault', 'doctor'], { interruptAt: checked() }))
    expect(await cancelled('vault.check')).toMatchObject({ outcome: 'cancelled' })
    const serving = await many.serve()
    try {
      expectCancelled(await many.run(['vault', 'doctor'], { interruptAt: checked() }))
      const out = join(many.folder, 'out.ckbackup')
      expectCancelled(await many.run(['vault', 'backup', '--out', out], { interruptAt: `${out}.part` }))
      expect([existsSync(checked()), existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false, false])
      expect(await cancelled('vault.backup')).toMatchObject({ outcome: 'cancelled' })
      expect(await many.json(['vault', 'doctor'])).toMatchObject({ items: 3_000, problems: [] })
    } finally {
      await serving.stop()
    }
  })
})

describe('clawkeep vault import and export', () => {
  test('show what would come, take it over, and shred the file when told to', async () => {
    const path = file('logins.csv', csvFiles['browser-csv'])
    const preview = await at.json<Preview>(['vault', 'import', path, '--dry-run'])
    expect(preview.rows).toMatchObject([{ name: 'Forum', outcome: 'add' }])
    expect(await at.json<Listed>(['item', 'list'])).toEqual([])
    const words = await at.run(['vault', 'import', path, '--shred'])
    expect(words.stdout).toContain('Imported: 1, with 0 files. Skipped: 0. Left out: 0.')
    expect(words.stdout).not.toContain('ß"w')
    expect(existsSync(path)).toBe(false)
    expect((await at.run(['item', 'show', 'Forum', '--reveal'])).stdout).toContain('p,ß"w')
    const link = join(at.home, 'link.csv')
    symlinkSync(file('again.csv', csvFiles['browser-csv']), link)
    const left = await at.run(['vault', 'import', link, '--shred'])
    expect([left.code, left.stdout]).toEqual([0, expect.stringContaining('may still hold what was imported.')])
    expect(existsSync(link)).toBe(true)
  })

  test('open an encrypted file with its password, follow the columns that are named, and refuse what is wrong', async () => {
    const database = file('keepass.kdbx', await kdbx({ version: 4 }))
    const secret = file('file-password', 'pässword\n')
    const { stderr } = await at.run(['vault', 'import', database])
    for (const words of ['This file is encrypted.', '--file-password-file', '--key-file'])
      expect(stderr).toContain(words)
    const taken = await at.run(['vault', 'import', database, '--file-password-file', secret])
    expect(taken.stdout).toContain('Imported: 2, with 1 files. Skipped: 0. Left out: 1.')
    expect(taken.stdout).toContain('Not all of the file is in the vault: 1 entry left out')
    const unknown = file('own.csv', 'Dienst;Kennwort\nForum2;geheim')
    expect((await at.run(['vault', 'import', unknown])).stderr).toContain('Nothing of this file would be imported.')
    const mapped = await at.json<Preview>(['vault', 'import', unknown, '--map', 'name=Dienst,secret=Kennwort'])
    expect(mapped.rows).toMatchObject([{ name: 'Forum2', outcome: 'add' }])
    for (const wrong of [
      ['--format', 'lastpass'],
      ['--map', 'key=x'],
      ['--map', 'name=Dienst,secret=Kenwort'],
      ['--on-duplicate', 'ask'],
    ])
      expect((await at.run(['vault', 'import', unknown, ...wrong])).code).toBe(2)
    expect((await at.run(['vault', 'import', join(at.home, 'none')])).code).toBe(4)
  })

  test('write an archive that another vault takes over whole, and plain text only when it is meant', async () => {
    const out = join(at.home, 'all.clawkeep')
    const secret = file('archive-password', 'a password of its own')
    const archive = ['vault', 'export', '--format', 'archive', '--out', out, '--file-password-file', secret]
    expect((await at.run(archive)).stdout).toContain('Exported 4 items with 1 files')
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect((await at.run(archive)).stderr).toContain('There is a file of this name already.')
    expect((await at.run([...archive, '--force'])).code).toBe(0)
    await other.run(['vault', 'import', out, '--file-password-file', secret])
    const listed = await other.json<Listed>(['item', 'list'])
    expect(listed.map(({ name, files }) => [name, files])).toEqual([
      ['Forum', 0],
      ['Forum2', 0],
      ['Kraken 🦑', 1],
      ['bare', 0],
    ])
    const plain = ['vault', 'export', '--format', 'json', '--out', join(at.home, 'plain.json')]
    expect((await at.run(plain)).code).not.toBe(0)
    expect(existsSync(join(at.home, 'plain.json'))).toBe(false)
    expect((await at.run([...plain, '--yes'])).stdout).toContain('1 attached files are not in it.')
    expect(readFileSync(join(at.home, 'plain.json'), 'utf8')).toContain('geheim')
  })
})
