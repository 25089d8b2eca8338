import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeFolder } from '../../src/main/home.ts'
import { codeOf } from '../support/error-code.ts'

const names = ['CLAWKEEP_HOME', 'XDG_DATA_HOME', 'HOME'] as const
const before = names.map((name) => [name, process.env[name]] as const)

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}

beforeEach(() => {
  set('CLAWKEEP_HOME', undefined)
  set('XDG_DATA_HOME', undefined)
})
afterEach(() => {
  for (const [name, value] of before) set(name, value)
})

test('the folder is the one that is given, else CLAWKEEP_HOME, else the usual place', () => {
  process.env['CLAWKEEP_HOME'] = '/of/the/environment'
  expect(homeFolder('/given')).toBe('/given')
  expect(homeFolder()).toBe('/of/the/environment')
  process.env['CLAWKEEP_HOME'] = ''
  expect(homeFolder().startsWith(homedir())).toBe(true)
})

test('a given place that is empty is refused: the variable of a script was not set, and the vault of the person is not meant', () => {
  expect(codeOf(() => homeFolder(''))).toBe('invalid')
  process.env['CLAWKEEP_HOME'] = '/of/the/environment'
  expect(codeOf(() => homeFolder(''))).toBe('invalid')
})

test.runIf(process.platform === 'linux').each([
  ['absolute', '/data', '/data/clawkeep'],
  ['not set', undefined, join(homedir(), '.local/share/clawkeep')],
  ['empty', '', join(homedir(), '.local/share/clawkeep')],
  ['relative', 'data', join(homedir(), '.local/share/clawkeep')],
])('XDG_DATA_HOME that is %s never puts the vault into the folder one happens to be in', (_what, value, folder) => {
  set('XDG_DATA_HOME', value)
  expect(homeFolder()).toBe(folder)
})

test.runIf(process.platform !== 'win32').each(['', 'relative'])(
  'without a home folder (HOME=%j) it is asked for, unless the place is named',
  (home) => {
    process.env['HOME'] = home
    expect(codeOf(() => homeFolder())).toBe('invalid')
    expect(homeFolder('/given')).toBe('/given')
  },
)
