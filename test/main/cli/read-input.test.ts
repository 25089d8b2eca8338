import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { afterKey, readPassword, readSecretFile, readTextFile } from '../../../src/main/cli/read-input.ts'
import { codeOf } from '../../support/error-code.ts'
import { repoRoot } from '../../support/spawn-core.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(bytes: number): string {
  const path = join(folder, `of-${bytes}`)
  writeFileSync(path, Buffer.alloc(bytes, 'x'))
  return path
}

test('one line end at the end of a file is not part of the secret in it', () => {
  const path = join(folder, 'secret')
  writeFileSync(path, 'a\n b \r\n')
  expect(readSecretFile(path)).toBe('a\n b ')
})

test('a password file with nothing in it is said to be empty, not to be a wrong password', async () => {
  const path = join(folder, 'empty')
  writeFileSync(path, '\n')
  await expect(readPassword(path)).rejects.toMatchObject({ code: 'invalid', message: `${path} is empty.` })
})

test.runIf(process.platform !== 'win32')(
  'a device without an end is refused, not read until the memory is full',
  () => {
    expect(codeOf(() => readTextFile('/dev/zero'))).toBe('too_large')
  },
)

test.each([
  ['Ctrl-U takes all of it away', 'wrong\u0015right', 'right'],
  ['backspace takes one letter', 'ab\u007fc', 'ac'],
  ['backspace takes a whole emoji', 'a🐙\u007fb', 'ab'],
  ['backspace takes an emoji of several', 'a👩‍🚀\bb', 'ab'],
  ['backspace at the beginning does nothing', '\u007fa', 'a'],
])('of a password that is typed: %s', (_what, keys, password) => {
  expect([...keys].reduce(afterKey, '')).toBe(password)
})

test('a file may have 4 MiB and not a byte more', () => {
  const most = 4 * 1024 * 1024
  expect(readTextFile(fileOf(most))).toHaveLength(most)
  expect(codeOf(() => readTextFile(fileOf(most + 1)))).toBe('too_large')
})

test.each([
  ['Latin-1', Buffer.from('p\xe4ssw\xf6rt', 'latin1')],
  ['a character cut in half', Buffer.from('ä').subarray(0, 1)],
])('%s is refused, because different passwords would be read as one', (_what, bytes) => {
  const path = join(folder, 'not-utf-8')
  writeFileSync(path, bytes)
  expect(codeOf(() => readSecretFile(path))).toBe('invalid')
})

test('the mark of UTF-8 is not part of the secret', () => {
  const path = join(folder, 'marked')
  writeFileSync(path, '\ufeffsecret')
  expect(readSecretFile(path)).toBe('secret')
})

test.each([
  ['a file that is not there', () => join(folder, 'none'), 'not_found'],
  ['a folder', () => folder, 'unavailable'],
])('%s is said as what it is', (_what, path, code) => {
  expect(codeOf(() => readTextFile(path()))).toBe(code)
})

/** Runs a program beside the modules of the command line, whose standard input is a pipe; `text` comes late. */
async function fromSlowPipe(program: string, text: string): Promise<string> {
  const cli = JSON.stringify(join(repoRoot, 'src/main/cli/'))
  const from = (file: string, names: string): string => `const { ${names} } = await import(${cli} + '${file}')\n`
  const whole = from('read-input.ts', 'readSecretFile, readHiddenLine') + from('ask-yes.ts', 'askYes') + program
  const child = spawn(process.execPath, ['--input-type=module', '-e', whole], { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => (printed += part))
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed += part
    // It reads by now, and finds nothing.
    if (part.includes('reading')) setTimeout(() => child.stdin.end(text), 100)
  })
  await once(child, 'close')
  return printed
}

test('a password comes whole from a slow pipe, also one that something else made non-blocking', async () => {
  const program = `
    void process.stdin.isTTY
    process.stdout.write('reading ')
    process.stdout.write(JSON.stringify(readSecretFile('-')))
  `
  expect(await fromSlowPipe(program, 'a late secret\n')).toBe('reading "a late secret"')
})

test('whether a person can be asked is found out without touching standard input, which a secret may come from', async () => {
  const program = `
    Object.defineProperty(process, 'stdin', { get: () => { throw new Error('standard input was touched') } })
    const told = (asked) => asked.then(() => 'answered', (error) => error.message)
    const answers = [await told(askYes('?')), await told(readHiddenLine('?', new Error('no terminal')))]
    process.stdout.write('reading ')
    process.stdout.write(JSON.stringify([...answers, readSecretFile('-')]))
  `
  expect(await fromSlowPipe(program, 'late')).toBe('reading ["There is no terminal to ask at.","no terminal","late"]')
})
