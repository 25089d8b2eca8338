import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import { benches, benchUsage, readBenchArguments } from '../../scripts/bench-arguments.mjs'

const all = Object.keys(benches)
const toLoad = (value) => ({ load: ['--minutes', value] })

/** How it was typed, what npm leaves of it, and what runs with which arguments. */
const typed = [
  ['npm run bench', [], {}, all, {}],
  ['npm run bench mcp unlock', ['mcp', 'unlock'], {}, ['mcp', 'unlock'], {}],
  ['npm run bench load --minutes 1', ['load', '1'], { npm_config_minutes: 'true' }, ['load'], toLoad('1')],
  ['npm run bench load --minutes=0.5', ['load'], { npm_config_minutes: '0.5' }, ['load'], toLoad('0.5')],
  [
    'npm run bench --minutes 1 load mcp',
    ['1', 'load', 'mcp'],
    { npm_config_minutes: 'true' },
    ['load', 'mcp'],
    toLoad('1'),
  ],
  ['npm run bench -- load --minutes 1', ['load', '--minutes', '1'], {}, ['load'], toLoad('1')],
  ['npm run bench -- --minutes=2', ['--minutes=2'], {}, all, toLoad('2')],
]

const wrong = [
  [['--bogus'], 'There is no option "--bogus"'],
  [['load', '--bogus', '1'], 'There is no option "--bogus"'],
  [['-x'], 'There is no option "-x"'],
  [['toString'], 'There is no benchmark "toString"'],
  [['load', '1'], 'There is no benchmark "1"'],
  [['load', '--minutes'], '--minutes wants a number above 0'],
  [['load', '--minutes', 'many'], '--minutes wants a number above 0'],
  [['mcp', '--minutes', '1'], 'None of mcp takes --minutes'],
]

describe('npm run bench', () => {
  it.each(typed)('%s runs what was meant', (_typed, args, env, names, given) => {
    const read = readBenchArguments(args, env)
    expect([read.help, read.names]).toEqual([false, names])
    for (const name of names) expect([name, read.argsOf(name)]).toEqual([name, given[name] ?? []])
  })

  it.each(['--help', '-h'])('%s runs nothing and names every benchmark', (option) => {
    expect(readBenchArguments(['load', option], {})).toMatchObject({ help: true, names: [] })
    for (const name of all) expect(benchUsage()).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
  })

  it.each(wrong)('refuses %j, and says what there is', (args, message) => {
    expect(() => readBenchArguments(args, {})).toThrow(message)
    expect(() => readBenchArguments(args, {})).toThrow(benchUsage())
  })

  it('knows every benchmark that there is', () => {
    const files = readdirSync(resolve(import.meta.dirname, '../bench')).filter((name) => name.endsWith('.bench.ts'))
    expect(files.map((name) => name.replace('.bench.ts', '')).toSorted()).toEqual(all.toSorted())
  })
})
