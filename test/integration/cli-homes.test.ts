import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Status } from '../../src/shared/models/status.ts'
import { cliHome, type CliHome } from '../support/cli.ts'

/** Runs a program as a user who is bound by the rights of files, also when the tests run as root. */
const bound = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []

describe('a home', () => {
  const homes: Array<CliHome> = []
  const newHome = (options: Parameters<typeof cliHome>[0] = {}): CliHome => {
    const made = cliHome(options)
    homes.push(made)
    return made
  }
  afterAll(() => {
    for (const home of homes) home.cleanup()
  })

  test('that may not be written is told as such', async () => {
    const at = newHome()
    await at.json(['init'])
    chmodSync(at.home, 0o500)
    const run = await at.run(['item', 'list'], { under: bound })
    chmodSync(at.home, 0o700)
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toMatch(/may not be opened by this user\.\nGive your user the right to read and write/)
  })

  test('that is a file is told as such, and the file stays', async () => {
    const at = newHome()
    writeFileSync(at.home, 'my notes')
    const run = await at.run(['init'])
    expect(run.code).not.toBe(0)
    expect(run.stderr).toContain('something else has its name')
    expect(readFileSync(at.home, 'utf8')).toBe('my notes')
  })

  test('that others can look into is closed to them when it is ours, and refused with exit code 5 when it holds other files', async () => {
    const at = newHome()
    mkdirSync(at.home, { mode: 0o755 })
    await at.json(['init'])
    expect(statSync(at.home).mode & 0o777).toBe(0o700)
    const shared = newHome()
    mkdirSync(shared.home, { mode: 0o755 })
    writeFileSync(join(shared.home, 'photo.jpg'), '')
    const run = await shared.run(['init'])
    expect(run).toMatchObject({ code: 5, stdout: '' })
    expect(run.stderr).toContain('Choose a folder for Clawkeep alone with --home')
    expect(statSync(shared.home).mode & 0o777).toBe(0o755)
    expect(existsSync(join(shared.home, 'vault.db'))).toBe(false)
  })

  test('whose path is too long for a socket is served all the same', async () => {
    const place = newHome()
    const at = newHome({ home: join(place.folder, 'a'.repeat(60), 'ü'.repeat(40)) })
    await at.json(['init'])
    const core = await at.serve()
    expect(await at.json<Status>(['status'])).toMatchObject({ running: true, pid: core.ready.pid, vault: 'unlocked' })
    expect(await at.json(['item', 'list'])).toEqual([])
    expect(await core.stop()).toEqual({ code: 0, signal: null })
    expect(await at.json<Status>(['status'])).toMatchObject({ running: false })
  })

  test('that is not there yet has no vault, with exit code 4', async () => {
    const at = newHome({})
    const run = await at.run(['item', 'list'])
    expect(run).toMatchObject({
      code: 4,
      stdout: '',
      stderr: 'There is no vault yet.\nMake your vault in the window, or run `clawkeep init`.\n',
    })
  })
})

describe('a file of the home', () => {
  const at = cliHome()
  const aside = join(at.folder, 'aside')
  const files = ['vault.db', 'audit.db'] as const

  beforeAll(async () => {
    await at.json(['init'])
    await at.json(['item', 'add', '--kind', 'api-key', '--name', 'kept', '--value-file', at.file('value', 'v')])
    mkdirSync(aside)
    for (const file of files) copyFileSync(join(at.home, file), join(aside, file))
  })
  afterAll(() => at.cleanup())

  /** Changes a file, runs a command, and puts the file back; gives how the command ended. */
  async function after(file: string, change: (path: string) => void) {
    const path = join(at.home, file)
    change(path)
    const before = readFileSync(path)
    const run = await at.run(['item', 'list'])
    expect(readFileSync(path).equals(before)).toBe(true)
    copyFileSync(join(aside, file), path)
    return run
  }

  test.each(files)(
    '%s that holds something else, is cut off, or is from a newer version is named, refused and not changed',
    async (file) => {
      const what =
        file === 'vault.db'
          ? 'The vault'
          : 'The audit log cannot be written, so nothing that needs an entry is done. The audit log'
      const garbage = await after(file, (path) => writeFileSync(path, 'garbage '.repeat(2000)))
      const cut = await after(file, (path) => truncateSync(path, 5000))
      const newer = await after(file, (path) => {
        const database = new SqliteDatabase(path)
        database.pragma('user_version = 99')
        database.close()
      })
      expect([garbage, cut, newer].map(({ code, stdout }) => [code, stdout])).toEqual([
        [1, ''],
        [1, ''],
        [1, ''],
      ])
      for (const run of [garbage, cut])
        expect(run.stderr).toBe(
          `${what} file is damaged or is not a Clawkeep file.\nNothing was changed. Keep the file, and put a backup in its place.\n`,
        )
      expect(newer.stderr).toBe(
        `${what} was written by a newer Clawkeep.\nNothing was changed. Update Clawkeep, then open it again.\n`,
      )
      expect((await at.run(['item', 'list'])).stdout).toContain('kept')
    },
  )

  test('audit.db that holds something else does not keep serve from starting, nor from ending', async () => {
    writeFileSync(join(at.home, 'audit.db'), 'garbage '.repeat(2000))
    const core = await at.serve(['--port', '0'], { password: false })
    onTestFinished(() => void core.stop('SIGKILL'))
    expect((await at.json<Status>(['status'])).auditProblem).toContain('The audit log file is damaged')
    const verified = await at.run(['audit', 'verify'])
    expect(verified).toMatchObject({ code: 1 })
    expect(verified.stdout).toContain('The audit log file is damaged')
    expect(await core.stop()).toEqual({ code: 0, signal: null })
    copyFileSync(join(aside, 'audit.db'), join(at.home, 'audit.db'))
  })

  test('settings.json that cannot be read is kept aside, and the usual settings are used', async () => {
    writeFileSync(join(at.home, 'settings.json'), '{"theme": ')
    expect((await at.run(['item', 'list'])).code).toBe(0)
    expect(readFileSync(join(at.home, 'settings.json.damaged'), 'utf8')).toBe('{"theme": ')
    expect(existsSync(join(at.home, 'settings.json'))).toBe(false)
  })
})
