import { parse as parseJsonc } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { entryIn, formats, withEntry } from '../../../src/main/connect/edit-settings.ts'
import { entryName, entryOf, targetOf } from '../../../src/main/connect/entry.ts'
import { type Program, programOf, programs, type SettingsFormat } from '../../../src/main/connect/programs.ts'
import { valueAt } from '../../../src/main/connect/settings-text.ts'
import { codeOf } from '../../support/error-code.ts'

const key = `oc_sk_${'0123456789ab'.repeat(4)}`
const readers: Readonly<Record<SettingsFormat, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  jsonc: (text) => {
    const errors: never[] = []
    const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true })
    expect(errors).toEqual([])
    return value
  },
  toml: (text) => parseToml(text),
}

function entryFor(program: Program) {
  return entryOf(
    program,
    program.http === null
      ? { kind: 'stdio', command: ['/opt/node', '/opt/clawkeep', 'mcp', '--key-file', '/home/ada/a "key"'] }
      : { kind: 'http', url: 'http://127.0.0.1:7420/mcp', key },
  )
}

/** What a settings file may hold before; `@` stands for the program's own way to the servers. */
function textsFor(program: Program): ReadonlyArray<[what: string, text: string]> {
  if (program.format === 'toml')
    return [
      ['nothing', ''],
      ['a line end', '\n'],
      ['one setting, no line end', 'model = "o3"'],
      ['comments', '# mine\nmodel = "o3" # why not\n\n# the last word\n'],
      [
        'another server',
        '[mcp_servers.other]\ncommand = "x"\nargs = [\n  "a", # one\n  "[mcp_servers.clawkeep]",\n]\n',
      ],
      ['a table behind', '[mcp_servers.other]\nurl = "u"\n\n[profiles.deep]\nmodel = "x"\n'],
      ['long texts that look like tables', 'a = """\n[mcp_servers.clawkeep]\n"""\nb = \'\'\'\n[x]\n\'\'\'\n'],
      ['odd keys and dates', '"a.b" = 1979-05-27T07:32:00Z\n\'c d\'.e = inf\n[[list]]\nx = 1\n[[list]]\nx = 2\n'],
      ['Windows lines', '# one\r\nmodel = "o3"\r\n\r\n[mcp_servers.other]\r\nurl = "u"\r\n'],
    ]
  const inner = '{"other": {"command": "x", "args": ["}", "// no comment"]}}'
  const at = program.path.reduceRight((text, name) => `{"${name}": ${text}}`, inner)
  const spread = JSON.stringify(JSON.parse(at), null, 4)
  const strict: ReadonlyArray<[string, string]> = [
    ['nothing', ''],
    ['a line end', '\n'],
    ['an empty object', '{}'],
    ['an empty object on two lines', '{\n}\n'],
    ['another setting', '{\n  "theme": "dark",\n  "n": 1e3\n}\n'],
    ['an empty list of servers', program.path.reduceRight((text, name) => `{"${name}": ${text}}`, '{}')],
    ['another server on one line', at],
    ['another server, four spaces', `${spread}\n`],
    ['tabs', JSON.stringify(JSON.parse(at), null, '\t')],
    ['Windows lines', spread.replaceAll('\n', '\r\n')],
    ['a key __proto__ and odd numbers', '{"__proto__": {"a": 1}, "big": 12345678901234567890, "e": 1E-7}'],
  ]
  if (program.format === 'json') return strict
  return [
    ...strict,
    ['only a comment', '// nothing yet\n'],
    ['comments around', `// first\n${spread.replace('{', '{ // open')}\n// last\n`],
    ['a comment behind the last setting', '{\n  "a": 1 // about a\n}\n'],
    ['a trailing comma and a comment', '{\n  "a": 1, // about a\n  /* b */\n}\n'],
    ['a comment in an empty object', '{ /* nothing\n   yet */ }'],
    [
      'trailing commas',
      spread
        .replaceAll(/([}\]"])\n/g, '$1,\n')
        .replace(/,\n$/, '\n')
        .replace(/,$/, ''),
    ],
  ]
}

const cases = programs.flatMap((program) => textsFor(program).map(([what, text]) => [program.id, what, text] as const))

describe('an entry goes in and comes out, and nothing else changes', () => {
  test.each(cases)('%s, with %s', (id, _what, text) => {
    const program = programOf(id)
    const format = formats[program.format]
    const path = [...program.path, entryName]
    const read = readers[program.format]
    const before = text.trim() === '' || text.startsWith('// nothing') ? {} : read(text)
    const entry = entryFor(program)
    const result = withEntry(format, text, path, entry)

    // The program's own reader finds the entry, and everything that was there.
    const after = read(result)
    expect(valueAt(after, path)).toEqual(entry)
    expect(after).toEqual(merged(before, path, entry))
    expect(targetOf(program, entryIn(format, result, path))).toEqual(targetOf(program, entry))
    // Every character that was there is still there, in order.
    expect(isWithin(text.trim() === '' ? '' : text, result)).toBe(true)
    expect(/\r\n/.test(text)).toBe(/\r\n/.test(result))
    if (/\r\n/.test(text)) expect(/[^\r]\n/.test(result)).toBe(false)

    // Once more is the same; with another value only that changes; out again all is as before.
    expect(withEntry(format, result, path, entry)).toBe(result)
    const moved = withEntry(format, result, path, { ...entry, url: 'http://127.0.0.1:9999/mcp', extra: ['x', 1, true] })
    expect(read(moved)).toEqual(
      merged(before, path, { ...entry, url: 'http://127.0.0.1:9999/mcp', extra: ['x', 1, true] }),
    )
    expect(withEntry(format, moved, path, entry)).toBe(result)
    const removed = withEntry(format, result, path, undefined)
    expect(valueAt(read(removed), path)).toBeUndefined()
    expect(merged(read(removed), path, null)).toEqual(merged(before, path, null))
    if (valueAt(before, program.path) !== undefined && /\n/.test(text)) expect(removed).toBe(text)
  })
})

const broken: ReadonlyArray<[format: SettingsFormat, what: string, text: string, code: string, words: RegExp]> = [
  ['json', 'cut off', '{"mcpServers": {', 'invalid', /line 1, column 17/],
  [
    'json',
    'a comment',
    '{\n  // mine\n  "a": 1\n}',
    'invalid',
    /a comment, which this program does not understand, at line 2, column 3/,
  ],
  ['json', 'a trailing comma', '{\n  "a": 1,\n}', 'invalid', /a comma too many at line 2, column 9/],
  ['json', 'a list', '[]', 'invalid', /other than an object/],
  ['json', 'servers that are a list', '{"mcpServers": []}', 'refused', /“mcpServers” is not an object/],
  ['json', 'servers that are null', '{"mcpServers": null}', 'refused', /“mcpServers” is not an object/],
  ['json', 'servers twice', '{"mcpServers": {}, "mcpServers": {"x": {}}}', 'refused', /“mcpServers” is there twice/],
  ['json', 'our entry twice', '{"mcpServers": {"clawkeep": 1, "clawkeep": 2}}', 'refused', /“clawkeep” is there twice/],
  ['jsonc', 'JSON5', `{unquoted: 'single'}`, 'invalid', /line 1, column 2/],
  ['jsonc', 'a merge conflict', '{\n<<<<<<< HEAD\n}', 'invalid', /line 2/],
  [
    'json',
    'values without end',
    `{"a": ${'['.repeat(200_000)}`,
    'invalid',
    /nested more than 500 levels deep at line 1/,
  ],
  ['jsonc', 'too many levels', `{"a": ${'[{"b":'.repeat(300)}1${'}]'.repeat(300)}}`, 'invalid', /500 levels deep/],
  ['toml', 'values without end', `a = ${'['.repeat(200_000)}`, 'invalid', /not TOML/],
  ['toml', 'a value without a key', '= 1', 'invalid', /not TOML at line 1/],
  ['toml', 'a text without an end', 'a = 1\nb = "x', 'invalid', /not TOML at line 2/],
  ['toml', 'servers in one inline table', 'mcp_servers = { other = { url = "u" } }', 'refused', /no room/],
  ['toml', 'servers that are a number', 'mcp_servers = 1', 'refused', /no room/],
]

describe('settings that cannot be changed safely are refused with words', () => {
  test.each(broken)('%s: %s', (name, _what, text, code, words) => {
    const path = [name === 'toml' ? 'mcp_servers' : 'mcpServers', entryName]
    const change = () => withEntry(formats[name], text, path, { url: 'u' })
    expect(change).toThrow(words)
    expect(codeOf(change)).toBe(code)
  })

  test('the words never repeat what stands in the file', () => {
    expect(() => formats.json.read('{"token": "ghp_secret" oops}')).toThrow(/^((?!secret|oops).)*$/)
    expect(() => formats.toml.read('token = ghp_secret')).toThrow(/^((?!secret).)*$/)
  })
})

describe('TOML entries in other notations are found and replaced', () => {
  const path = ['mcp_servers', entryName]
  const other = '[mcp_servers.other]\nurl = "o"\n'
  const notations: ReadonlyArray<[what: string, text: string]> = [
    ['quoted and spaced', `[ mcp_servers . "clawkeep" ]\nurl = "x"\n\n${other}`],
    [
      'a table of headers',
      `[mcp_servers.clawkeep]\nurl = "x"\n[mcp_servers.clawkeep.http_headers]\nA = "b"\n\n${other}`,
    ],
    ['tables apart', `[mcp_servers.clawkeep]\nurl = "x"\n\n${other}\n[mcp_servers.clawkeep.http_headers]\nA = "b"\n`],
    ['inline below the servers', `[mcp_servers]\nclawkeep = { url = "x" }\nother = { url = "o" }\n`],
    ['dotted below the servers', `[mcp_servers]\nclawkeep.url = "x"\nother.url = "o"\n`],
    ['dotted at the top', `mcp_servers.clawkeep.url = "x"\nmcp_servers.other.url = "o"\n`],
  ]
  test.each(notations)('%s', (_what, text) => {
    const result = withEntry(formats.toml, text, path, { url: 'new' })
    expect(parseToml(result)).toEqual({ mcp_servers: { clawkeep: { url: 'new' }, other: { url: 'o' } } })
    expect(parseToml(withEntry(formats.toml, text, path, undefined))).toEqual({ mcp_servers: { other: { url: 'o' } } })
  })
})

/** Whether all characters of `part` are in `whole`, in order. */
function isWithin(part: string, whole: string): boolean {
  let position = 0
  for (const character of part) {
    // White space between brackets may be laid out anew: `{ }` becomes two lines.
    if (/\s/.test(character)) continue
    position = whole.indexOf(character, position) + 1
    if (position === 0) return false
  }
  return true
}

/** The values with the entry at its path; `null`: without it, and without what is empty on the way. */
function merged(value: unknown, path: ReadonlyArray<string>, entry: unknown): unknown {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = { ...(value as Record<string, unknown>) }
  const next = rest.length === 0 ? entry : merged(inner ?? {}, rest, entry)
  const empty = entry === null && (next === null || Object.keys(next as object).length === 0)
  return empty ? others : { ...others, [name]: next }
}
