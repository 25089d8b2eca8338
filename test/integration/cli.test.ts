import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ItemOverview } from '../../src/shared/models/item.ts'
import type { Status } from '../../src/shared/models/status.ts'
import { atTerminal, clawkeep, cliHome, cliPassword, command, portOf, type CliHome } from '../support/cli.ts'
import { repoRoot } from '../support/spawn-core.ts'

describe('the command line itself', () => {
  test('says its version, and that a command, an option or an argument does not exist, with exit code 2', async () => {
    const runs = await Promise.all([
      clawkeep(['--version']),
      clawkeep(['serves']),
      clawkeep(['item', 'show']),
      clawkeep(['--password', 'x', 'status']),
    ])
    expect(runs.map(({ code }) => code)).toEqual([0, 2, 2, 2])
    expect(runs[0].stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(runs[1].stderr).toContain("unknown command 'serves'")
    expect(runs[2].stderr).toContain("missing required argument 'item'")
    expect(runs[3].stderr).toContain("unknown option '--password'")
    expect(runs.slice(1).map(({ stdout }) => stdout)).toEqual(['', '', ''])
  })

  test('runs from any folder on the Node that is on the path', async () => {
    const child = spawn(command, ['--version'], { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
    const said = await child.stdout.setEncoding('utf8').toArray()
    expect(said.join('')).toMatch(/^\d/)
  })

  test('keeps what Node compiled of it beside the build, and has no part of a library that is never reached', async () => {
    await clawkeep(['--version'])
    expect(readdirSync(join(repoRoot, 'out', 'compile-cache'), { recursive: true }).length).toBeGreaterThan(1)
    const chunks = join(repoRoot, 'out', 'main', 'chunks')
    const code = readdirSync(chunks).map((name) => readFileSync(join(chunks, name), 'utf8'))
    expect(code.filter((text) => text.includes('docker.sock'))).not.toEqual([])
    expect(code.filter((text) => /ssh-userauth|channelz/.test(text))).toEqual([])
  })
})

describe('without a running core', () => {
  const at: CliHome = cliHome()
  let recoveryWords = ''
  afterAll(() => at.cleanup())

  test('a vault is made once, and a password that is too short makes none', async () => {
    const short = await clawkeep(['--home', at.home, '--password-file', at.file('short', 'short\n'), 'init'])
    expect(short).toMatchObject({ code: 2, stdout: '' })
    expect(short.stderr).toContain('at least 10 characters')
    const made = await at.json<{ home: string; recoveryWords: string }>(['init'])
    expect(made).toEqual({ home: at.home, recoveryWords: expect.stringMatching(/^([a-z]+ ){23}[a-z]+$/) })
    recoveryWords = made.recoveryWords
    const again = await at.run(['init'])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('There is a vault already.')
    expect(statSync(at.home).mode & 0o777).toBe(0o700)
  })

  test('a forgotten password is replaced with the recovery words; wrong ones and mistyped ones change nothing', async () => {
    const recover = (words: string, password: string) =>
      clawkeep([
        ...['--home', at.home, '--password-file', at.file('new', password)],
        ...['vault', 'recover', '--words-file', at.file('words', words)],
      ])
    const mistyped = await recover(recoveryWords.replace(/^\w+/, 'xyzzy'), 'a new password')
    expect([mistyped.code, mistyped.stderr]).toEqual([2, expect.stringContaining('Word 1 is not one of the words')])
    const strangers = `${'abandon '.repeat(23)}art`
    expect(await recover(strangers, 'a new password')).toMatchObject({ code: 3, stdout: '' })
    expect((await recover(recoveryWords, 'short')).code).toBe(2)
    expect((await at.run(['item', 'list'])).code).toBe(0)

    expect(await recover(recoveryWords, 'a new password')).toMatchObject({ code: 0, stderr: '' })
    expect((await at.run(['item', 'list'])).code).toBe(3)
    expect((await recover(recoveryWords, cliPassword)).code).toBe(0)
    expect((await at.run(['item', 'list'])).code).toBe(0)
  })

  test('new recovery words end the old ones', async () => {
    const printed = await at.run(['vault', 'recovery-words'])
    expect(printed.code).toBe(0)
    const words = [...printed.stdout.matchAll(/(\d+)\. ([a-z]+)/g)]
      .toSorted((a, b) => Number(a[1]) - Number(b[1]))
      .map(([, , word]) => word)
    const recover = (list: string) =>
      at.run(['vault', 'recover', '--words-file', at.file('words', list)]).then(({ code }) => code)
    expect(await recover(recoveryWords)).toBe(3)
    expect(await recover(words.join('\n'))).toBe(0)
  })

  test('an item goes in from standard input and comes out only with --reveal', async () => {
    const added = await at.run(
      ['item', 'add', '--kind', 'api-key', '--name', 'git hub', '--host', 'api.github.com', '--value-file', '-'],
      { stdin: 'pa"ss\\word é\n' },
    )
    expect(added.code).toBe(0)
    expect(added.stdout).toMatch(/^Added git hub \(itm_/)
    const shown = await at.run(['item', 'show', 'git hub'])
    expect(shown.stdout).toMatch(
      /^git hub \(api-key, itm_\w+\)\nhosts: api\.github\.com\nuser name: none\nchanged: .+\n$/,
    )
    const revealed = await at.json<{ secret: string }>(['item', 'show', 'git hub', '--reveal'])
    expect(revealed.secret).toBe('pa"ss\\word é')
  })

  test('the password comes from standard input too, but not together with the value', async () => {
    const listed = await clawkeep(['--home', at.home, '--password-file', '-', 'item', 'list'], {
      stdin: `${cliPassword}\n`,
    })
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout).toContain('git hub')
    const both = await clawkeep(
      [
        '--home',
        at.home,
        '--password-file',
        '-',
        'item',
        'add',
        '--kind',
        'api-key',
        '--name',
        'x',
        '--value-file',
        '-',
      ],
      { stdin: `${cliPassword}\n` },
    )
    expect(both.code).toBe(2)
    expect(both.stderr).toContain('Standard input')
  })

  test('no password and no terminal is exit code 3 with a hint; the environment is not looked at', async () => {
    const run = await at.run(['item', 'list'], { password: false, env: { CLAWKEEP_PASSWORD: cliPassword } })
    expect(run).toMatchObject({ code: 3, stdout: '' })
    expect(run.stderr).toBe(
      'The vault password is needed and there is no terminal to ask at.\n' +
        'Use --password-file FILE, or --password-file - to read it from standard input.\n',
    )
  })

  test('at a terminal the password is asked for, without showing it, and Ctrl+C leaves', async () => {
    const asked = await atTerminal(['--home', at.home, 'item', 'list'], [`${cliPassword}x\u007f\r`])
    expect(asked.code).toBe(0)
    expect(asked.stdout).toContain('git hub')
    expect(asked.stdout).toContain('Vault password: ')
    expect(asked.stdout).not.toContain(cliPassword.slice(0, 8))
    const left = await atTerminal(['--home', at.home, 'item', 'list'], ['abc\u0003'])
    expect(left.code).toBe(130)
    expect(left.stdout).toContain('Cancelled.')
  })

  test('two commands at once both do their work', async () => {
    const add = (name: string) =>
      at.run(['item', 'add', '--kind', 'api-key', '--name', name, '--value-file', at.file(name, 'v')])
    expect((await Promise.all([add('one'), add('two')])).map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
    const items = await at.json<ReadonlyArray<ItemOverview>>(['item', 'list'])
    expect(items.map(({ name }) => name).toSorted()).toEqual(['git hub', 'one', 'two'])
  })

  test('a reader that stops early is no failure', async () => {
    const line = `set -o pipefail; "${process.execPath}" "${command}" --home "${at.home}" --password-file "${at.passwordFile}" item list`
    for (const reader of ['head -1', 'true']) {
      const child = spawn('bash', ['-c', `${line} | ${reader}`], { stdio: ['ignore', 'ignore', 'pipe'] })
      const complaints = child.stderr.setEncoding('utf8').toArray()
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
      expect((await complaints).join('')).toBe('')
    }
  })

  test('what needs a running core says so; the status says there is none', async () => {
    const runs = await Promise.all([at.run(['unlock']), at.run(['lock']), at.run(['assistant', 'start', 'ada'])])
    for (const run of runs)
      expect(run).toMatchObject({
        code: 1,
        stdout: '',
        stderr: 'Clawkeep is not running.\nOpen its window, or run `clawkeep serve`.\n',
      })
    expect(await at.json<Status>(['status'])).toMatchObject({ running: false, vault: 'locked', mcpUrl: null })
    expect((await at.run(['status'])).stdout).toMatch(/not running\n.*\nVault: locked\n/)
  })

  test('the fifth wrong password is the last one for a while: then even the right one waits, and it says how long', async () => {
    const wrong = at.file('wrong', 'not the password\n')
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const run = await clawkeep(['--home', at.home, '--password-file', wrong, 'item', 'list'])
      expect(run).toMatchObject({ code: 3, stdout: '' })
      expect(run.stderr).toMatch(/^The password is wrong\.\n/)
    }
    const throttled = await at.run(['item', 'list'])
    expect(throttled.code).toBe(3)
    expect(throttled.stderr).toMatch(/^Too many wrong passwords\. Wait \d+ seconds?\.\n/)
    const asJson = await at.run(['--json', 'item', 'list'])
    const { error } = JSON.parse(asJson.stderr) as { error: { code: string; retryAfterMs: number } }
    expect(error.code).toBe('throttled')
    expect(error.retryAfterMs).toBeGreaterThan(1000)
  })
})

describe('serve', () => {
  const at: CliHome = cliHome()
  beforeAll(() => at.json(['init']))
  afterAll(() => at.cleanup())

  test('started without a password is locked, takes the next free port from the settings, and an exact one only if it is free', async () => {
    const [one, two] = await Promise.all([at.serve(['--port', '0'], { password: false }), takePort()])
    expect(one.ready.locked).toBe(true)
    await one.stop()
    writeFileSync(join(at.home, 'settings.json'), JSON.stringify({ mcpPort: two.port }))
    const exact = await at.run(['serve', '--port', String(two.port)], { password: false })
    expect(exact).toMatchObject({ code: 1, stdout: '' })
    expect(exact.stderr).toContain(`Port ${two.port} is taken by another program.`)
    const next = await at.serve([], { password: false })
    expect(portOf(next)).toBeGreaterThan(two.port)
    expect(portOf(next)).toBeLessThan(two.port + 20)
    expect(await next.stop('SIGINT')).toEqual({ code: 0, signal: null })
    two.close()
    expect((await at.run(['serve', '--port', 'http'])).code).toBe(2)
  })

  test('with a policy file starts with it, and with a wrong password or a wrong file does not start or set it', async () => {
    const policy = at.file('policy.json', JSON.stringify({ version: 1, default: 'deny', rules: [] }))
    const core = await at.serve(['--port', '0', '--policy-file', policy])
    expect(await at.json(['policy', 'show'])).toMatchObject({ default: 'deny', rules: [] })
    await core.stop()
    const rules = ['1h', '2h'].map((per) => ({ id: 'often', then: 'allow', limit: { uses: 1, per } }))
    const twice = at.file('twice.json', JSON.stringify({ version: 1, default: 'ask', rules }))
    const [noPassword, noFile, broken, doubled] = await Promise.all([
      at.run(['serve', '--policy-file', policy], { password: false }),
      at.run(['serve', '--policy-file', join(at.folder, 'nowhere')]),
      at.run(['serve', '--policy-file', at.file('broken.json', '{}')]),
      at.run(['policy', 'set', '--file', twice]),
    ])
    expect([noPassword.code, noFile.code, broken.code, doubled.code]).toEqual([3, 4, 2, 2])
    expect(doubled.stderr).toContain('rules.1.id: Two rules have the id “often”')
    const wrong = await clawkeep([
      '--home',
      at.home,
      '--password-file',
      at.file('wrong', 'nonsense nonsense\n'),
      'serve',
      '--port',
      '0',
    ])
    expect(wrong).toMatchObject({ code: 3, stdout: '' })
  })
})

async function takePort(): Promise<{ port: number; close: () => void }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}
