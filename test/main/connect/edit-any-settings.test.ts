import fc from 'fast-check'
import { parse as parseJsonc } from 'jsonc-parser'
import { stringify } from 'smol-toml'
import { expect, test } from 'vitest'
import { formats, withEntry } from '../../../src/main/connect/edit-settings.ts'
import { entryName } from '../../../src/main/connect/entry.ts'

const entry = { url: 'http://127.0.0.1:7420/mcp', headers: { Authorization: `Bearer oc_sk_${'0'.repeat(48)}` } }

/** Values that settings may hold; keys as people choose them, the hard ones included. */
const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('a.b', '"', '\\', '//', '}', '[x]', '#', 'é\n'))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.string(),
      fc.constantFrom('// no', '/* no */', '"""', "'''", '},', '[mcp_servers.clawkeep]'),
      fc.integer(),
      fc.boolean(),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const settings = fc.record(
  {
    theme: value,
    more: fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }),
    servers: fc.dictionary(
      key.filter((name) => name !== entryName),
      value,
      { maxKeys: 4, noNullPrototype: true },
    ),
  },
  { requiredKeys: ['servers'], noNullPrototype: true },
)

test('in any JSON with comments, the entry goes in and out and leaves every other character', () => {
  const layout = fc.record({
    indent: fc.constantFrom('  ', '    ', '\t'),
    eol: fc.constantFrom('\n', '\r\n'),
    comment: fc.constantFrom('', ' // why', ' /* { */'),
    first: fc.constantFrom('', '// first', '/* " */'),
  })
  fc.assert(
    fc.property(settings, layout, (object, { indent, eol, comment, first }) => {
      const lines = JSON.stringify(object, null, indent).split('\n')
      // A comment behind every line is behind every kind of token.
      const text = [first, ...lines.map((line) => line + comment)].join(eol) + eol
      const path = ['servers', entryName]
      const added = withEntry(formats.jsonc, text, path, entry)
      expect(parseJsonc(added)).toEqual({ ...object, servers: { ...object.servers, [entryName]: entry } })
      const removed = withEntry(formats.jsonc, added, path, undefined)
      if (Object.keys(object.servers).length > 0) expect(removed).toBe(text)
      else expect(parseJsonc(removed)).toEqual(object)
      expect(formats.jsonc.veil(added, path)).not.toContain('oc_sk_0000000')
    }),
    { numRuns: 400 },
  )
})

test('in any TOML, the entry goes in and out and leaves every other character', () => {
  fc.assert(
    fc.property(settings, fc.constantFrom('', '# why\n\n'), (object, first) => {
      const { servers, ...others } = object
      const tables = Object.fromEntries(Object.entries(servers).map(([name, inner]) => [name, { inner }]))
      let text: string
      try {
        text = first + stringify({ ...others, mcp_servers: tables })
        formats.toml.read(text)
      } catch {
        // Not everything has a form in TOML: lists of mixed kinds, lone surrogates.
        return
      }
      const path = ['mcp_servers', entryName]
      const added = withEntry(formats.toml, text, path, entry)
      expect(withEntry(formats.toml, added, path, undefined)).toBe(text.endsWith('\n') ? text : `${text}\n`)
      expect(formats.toml.veil(added, path)).not.toContain('oc_sk_0000000')
    }),
    { numRuns: 400 },
  )
})
