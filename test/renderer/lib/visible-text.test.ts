import { expect, test } from 'vitest'
import { visibleString, visibleText } from '../../../src/renderer/src/lib/visible-text.ts'

const table: ReadonlyArray<{
  readonly attack: string
  readonly text: string
  readonly shown: string
  readonly lines?: boolean
}> = [
  { attack: 'nothing', text: 'Grüße, 東京, é', shown: 'Grüße, 東京, é' },
  { attack: 'right-to-left override turns a name around', text: 'safe\u202Egpj.exe', shown: 'safe⟨U+202E⟩gpj.exe' },
  { attack: 'isolates reorder the end', text: '\u2066a\u2069', shown: '⟨U+2066⟩a⟨U+2069⟩' },
  { attack: 'a zero-width space splits a word for a search', text: 'git\u200Bhub', shown: 'git⟨U+200B⟩hub' },
  { attack: 'a joiner hides in a name', text: 'a\u200Db', shown: 'a⟨U+200D⟩b' },
  { attack: 'a byte order mark', text: '\uFEFFx', shown: '⟨U+FEFF⟩x' },
  { attack: 'a soft hyphen', text: 'ad\u00ADmin', shown: 'ad⟨U+00AD⟩min' },
  { attack: 'tag characters carry a hidden message', text: 'ok\u{E0061}\u{E0062}', shown: 'ok⟨U+E0061⟩⟨U+E0062⟩' },
  { attack: 'a Hangul filler looks like a space', text: 'a\u3164b', shown: 'a⟨U+3164⟩b' },
  { attack: 'blank Braille looks like a space', text: 'a\u2800b', shown: 'a⟨U+2800⟩b' },
  { attack: 'variation selectors carry bytes', text: 'x\uFE01\u{E0100}', shown: 'x⟨U+FE01⟩⟨U+E0100⟩' },
  { attack: 'an emoji keeps its style', text: '\u26A0\uFE0F', shown: '\u26A0\uFE0F' },
  { attack: 'a hair space', text: 'a\u200Ab', shown: 'a⟨U+200A⟩b' },
  { attack: 'a terminal sequence', text: '\u001B[31mred', shown: '⟨U+001B⟩[31mred' },
  { attack: 'a null', text: 'a\u0000b', shown: 'a⟨U+0000⟩b' },
  { attack: 'a line break makes a second line', text: 'one\ntwo', shown: 'one⟨U+000A⟩two' },
  { attack: 'a line break where lines are kept', text: 'one\r\ntwo\tthree', shown: 'one\ntwo\tthree', lines: true },
  { attack: 'a lone carriage return overwrites', text: 'one\rtwo', shown: 'one⟨U+000D⟩two', lines: true },
  { attack: 'a line separator', text: 'a\u2028b', shown: 'a⟨U+2028⟩b', lines: true },
  { attack: 'private use', text: '\uE000', shown: '⟨U+E000⟩' },
  { attack: 'half a surrogate pair', text: 'a\uD800b', shown: 'a⟨U+D800⟩b' },
  {
    attack: 'a pile of accents covers other lines',
    text: `z${'\u0335'.repeat(6)}`,
    shown: `z${'\u0335'.repeat(4)}⟨U+0335⟩⟨U+0335⟩`,
  },
]

for (const { attack, text, shown, lines = false } of table) {
  test(`hostile text is shown as what it is: ${attack}`, () => {
    const { runs } = visibleText(text, { maxChars: 100, lines })
    expect(runs.map((run) => run.text).join('')).toBe(shown)
  })
}

test('a mark is told apart from the same characters typed by the asker', () => {
  const { runs } = visibleText('⟨U+202E⟩\u202E', { maxChars: 100 })
  expect(runs).toEqual([
    { text: '⟨U+202E⟩', mark: false },
    { text: '⟨U+202E⟩', mark: true },
  ])
})

test('the cap counts characters, not halves of them, and says how many are left', () => {
  expect(visibleText('😀'.repeat(10), { maxChars: 4 })).toEqual({
    runs: [{ text: '😀'.repeat(4), mark: false }],
    hidden: 6,
  })
  expect(visibleString('abcdef', 3)).toBe('abc…')
})
