import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemTexts } from '../../src/shared/item-search.ts'
import type { ItemOverview } from '../../src/shared/models/item.ts'
import { createSearchIndex, foldText, search, type SearchTexts } from '../../src/shared/search.ts'

const asTexts = (entry: SearchTexts): SearchTexts => entry
const named = (...names: ReadonlyArray<string>) =>
  createSearchIndex(
    names.map((name) => ({ name, more: [] })),
    asTexts,
  )
const namesFound = (index: ReturnType<typeof named>, typed: string) => search(index, typed).map(({ name }) => name)

describe('folding', () => {
  test.each([
    ['Größe', 'grosse'],
    ['STRAẞE', 'strasse'],
    ['Crème Brûlée', 'creme brulee'],
    // The same letter written as one character and as letter and mark.
    ['\u00e9', 'e'],
    ['e\u0301', 'e'],
    ['Łódź', 'lodz'],
    ['Smørrebrød', 'smorrebrod'],
    ['Œuvre Æther', 'oeuvre aether'],
    ['Đorđe Ħal Þórr', 'dorde hal thorr'],
    ['İstanbul ISPARTA ısı', 'istanbul isparta isi'],
    ['ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
    ['ﬁle №5 ²', 'file no5 2'],
    ['Ελλάδα ΆΣ', 'ελλαδα ασ'],
    ['Ёлка й', 'елка и'],
    ['zero\u200bwidth\u00adhyphen', 'zerowidthhyphen'],
    ['  two \t words \n', 'two words'],
  ])('%j is found as %j', (text, folded) => {
    expect(foldText(text)).toBe(folded)
  })
})

describe('ranking', () => {
  test('names that begin with it come first, then words that do, then what has it inside, then the rest', () => {
    const index = createSearchIndex(
      [
        { name: 'Bank', more: ['mail@example.com'] },
        { name: 'Hotmail', more: [] },
        { name: 'Work (mail)', more: [] },
        { name: 'Mailbox', more: [] },
        { name: 'Gardening', more: [] },
      ],
      asTexts,
    )
    expect(search(index, 'MAIL').map(({ name }) => name)).toEqual(['Mailbox', 'Work (mail)', 'Hotmail', 'Bank'])
  })

  test('all words must be there, in any order and in any field; the name that has them as typed comes first', () => {
    const index = createSearchIndex(
      [
        { name: 'hub of git', more: [] },
        { name: 'Git hub', more: [] },
        { name: 'Git', more: ['hub.example.com'] },
        { name: 'Git', more: ['other'] },
      ],
      asTexts,
    )
    expect(search(index, 'hub git').map(({ name, more }) => [name, ...more])).toEqual([
      ['hub of git'],
      ['Git hub'],
      ['Git', 'hub.example.com'],
    ])
    expect(search(index, 'git hub')[0]?.name).toBe('Git hub')
  })

  test('entries of one rank keep their order, and nothing typed finds everything', () => {
    const index = named('a2', 'a1', 'b')
    expect(namesFound(index, 'a')).toEqual(['a2', 'a1'])
    expect(namesFound(index, ' \t ')).toEqual(['a2', 'a1', 'b'])
  })

  test.each([
    ['cafe', 'Café', true],
    ['CAFÉ', 'cafe', true],
    ['strasse', 'Hauptstraße', true],
    ['ß', 'Strasse', true],
    ['lodz', 'Łódź', true],
    ['[a-z]', 'abc', false],
    ['.*', 'abc', false],
    ['\\', 'back\\slash', true],
    ['a c', 'ab', false],
  ])('%j in %j: %j', (typed, name, isFound) => {
    expect(namesFound(named(name), typed)).toEqual(isFound ? [name] : [])
  })
})

test('an item is found by its name, user name, hosts, tags, kind and the names of its own fields', () => {
  const item = {
    name: 'Énergie',
    userName: 'ada',
    hosts: ['api.example.org'],
    tags: ['Küche'],
    kind: 'ssh-key',
    fieldNames: ['Zählernummer'],
  } as unknown as ItemOverview
  const index = createSearchIndex([item], itemTexts)
  for (const typed of ['energie', 'ada', 'example.org', 'kuche', 'SSH', 'ssh-key', 'zahler', 'zahler kuche ssh ada'])
    expect(search(index, typed), typed).toEqual([item])
  expect(search(index, 'energie nothing')).toEqual([])
})

test('whatever is typed, exactly the entries with every word are found, best first', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.constantFrom('Café', 'straße', 'GIT hub', 'git', 'a', 'é', 'łódź', 'ssh key', 'x'),
  )
  const entry = fc.record({ name: text, more: fc.array(text, { maxLength: 3 }) })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), text, (entries, typed) => {
      const words = [...new Set(foldText(typed).split(' '))]
      const wanted = entries.filter(({ name, more }) =>
        words.every((word) => [name, ...more].some((field) => foldText(field).includes(word))),
      )
      const found = search(createSearchIndex(entries, asTexts), typed)
      const rank = ({ name }: SearchTexts) => rankByHand(foldText(name), words, foldText(typed))
      expect(found).toEqual(wanted.toSorted((a, b) => rank(a) - rank(b)))
    }),
    { numRuns: 500 },
  )
})

function rankByHand(name: string, words: ReadonlyArray<string>, typed: string): number {
  const fits = words.map((word) => {
    const places = Array.from({ length: name.length }, (_, at) => at).filter((at) => name.startsWith(word, at))
    if (word === '' || places[0] === 0) return 0
    if (places.some((at) => !/[\p{L}\p{N}\p{Cs}]/u.test(name[at - 1] ?? ''))) return 1
    return places.length > 0 ? 2 : 3
  })
  const asTyped = words.length > 1 && name.startsWith(typed)
  return fits.reduce<number>((sum, fit) => sum + fit, 0) * 2 + (asTyped ? 0 : 1)
}
