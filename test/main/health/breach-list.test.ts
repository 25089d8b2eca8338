import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BreachList } from '../../../src/main/health/breach-list.ts'
import { md4 } from '../../../src/main/health/md4.ts'
import { codeOfPromise } from '../../support/error-code.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const never = { signal: new AbortController().signal }
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase()

function file(content: string | Buffer): string {
  const path = join(folder, randomBytes(6).toString('hex'))
  writeFileSync(path, content)
  return path
}

/** How often each password stands in the list. */
async function counts(path: string, passwords: ReadonlyArray<string>): Promise<ReadonlyArray<number>> {
  const list = await BreachList.open(path)
  try {
    const found = await list.find(
      passwords.map((password) => list.hashOf(password)),
      never,
    )
    return passwords.map((password) => found.get(list.hashOf(password)) ?? 0)
  } finally {
    await list.close()
  }
}

const wordsInList = ['password', 'hunter2', 'pässwörd', 'letmein']
const lines = wordsInList.map((word, at) => `${sha1(word)}:${at + 1}`)
const asked = [...wordsInList, 'not in it']

// RFC 1320, appendix A.5.
test.each([
  ['', '31D6CFE0D16AE931B73C59D7E0C089C0'],
  ['a', 'BDE52CB31DE33E46245E05FBDBD6FB24'],
  ['abc', 'A448017AAF21D8525FC10AE87AA6729D'],
  ['message digest', 'D9130A8164549FE818874806E1C7014B'],
  ['abcdefghijklmnopqrstuvwxyz', 'D79E1C308AA5BBCDEEA8ED63DF412DA9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043F8582F241DB351CE627E153E7F0E4'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    'E33B4DDC9C38F2199C3E7B164FCC0536',
  ],
])('MD4 of %j', (text, digest) => {
  expect(md4(Buffer.from(text))).toBe(digest)
})

describe('a small list', () => {
  test.each<[string, string | Buffer]>([
    ['as it comes', `${lines.join('\n')}\n`],
    ['with CRLF and no last line end', lines.join('\r\n')],
    ['in small letters, with a byte order mark', `\ufeff${lines.join('\n').toLowerCase()}`],
    ['in any order, with empty lines', `${lines.toSorted().toReversed().join('\n\n')}\n\n`],
  ])('is read %s', async (_how, content) => {
    expect(await counts(file(content), asked)).toEqual([1, 2, 3, 4, 0])
  })

  test('without counts says once', async () => {
    expect(await counts(file(wordsInList.map(sha1).join('\n')), asked)).toEqual([1, 1, 1, 1, 0])
  })

  test('of NTLM hashes is told by their length', async () => {
    // Published: the NTLM hash of “password”.
    const path = file(`8846F7EAEE8FB117AD06BDD830B7586C:9545824\n${md4(Buffer.from('pässwörd', 'utf16le'))}:7\n`)
    const list = await BreachList.open(path)
    expect(list.hash).toBe('NTLM')
    await list.close()
    expect(await counts(path, asked)).toEqual([9_545_824, 0, 7, 0, 0])
  })

  test('that is longer than one piece is found in everywhere', async () => {
    const many = Array.from({ length: 40_000 }, (_, at) => `${sha1(`word ${at}`)}:${at + 1}`)
    const path = file(many.join('\n'))
    const some = [0, 1, 9_362, 9_363, 11_397, 23_000, 39_998, 39_999]
    expect(
      await counts(
        path,
        some.map((at) => `word ${at}`),
      ),
    ).toEqual(some.map((at) => at + 1))
  })
})

describe('what is no list', () => {
  const zeros = '0'.repeat(40)
  test.each<[string, string | Buffer]>([
    ['is empty', ''],
    ['has only line ends', '\n\r\n\n'],
    ['is a zip', Buffer.from('504b0304140000000800', 'hex')],
    ['is a 7z', Buffer.concat([Buffer.from('377abcaf271c0004', 'hex'), randomBytes(5_000)])],
    ['has plain passwords', 'password\nhunter2\n'],
    ['has SHA-256', `${'0'.repeat(64)}:1\n`],
    ['has two kinds of hash', `${zeros}:1\n${'0'.repeat(32)}:1\n`],
    ['has a count that is none', `${zeros}:many\n`],
    ['has an endless count', `${zeros}:${'9'.repeat(400)}\n`],
    ['is UTF-16', Buffer.from(`${zeros}:1\n`, 'utf16le')],
  ])('%s: refused before a secret is opened', async (_what, content) => {
    expect(await codeOfPromise(BreachList.open(file(content)))).toBe('invalid')
  })

  test('one that turns into something else further down is refused when it is read', async () => {
    const good = `${Array.from({ length: 200 }, (_, at) => sha1(String(at))).join('\n')}\n`
    for (const bad of ['not a hash\n', 'x'.repeat(600_000), `${zeros}junk\n`])
      expect(await codeOfPromise(counts(file(good + bad), ['a']))).toBe('invalid')
  })

  test('a folder, nothing, and a stopped search', async () => {
    mkdirSync(join(folder, 'sub'))
    expect(await codeOfPromise(BreachList.open(join(folder, 'sub')))).toBe('invalid')
    expect(await codeOfPromise(BreachList.open(join(folder, 'none')))).toBe('not_found')
    const list = await BreachList.open(file(lines.join('\n')))
    expect(await codeOfPromise(list.find(['A'], { signal: AbortSignal.abort() }))).toBe('cancelled')
    await list.close()
  })
})

describe('a large list', () => {
  test('in the order of its hashes is searched on the disk: first, last, and each between are found, others not', async () => {
    // 1.6 million lines of different lengths, 70 MiB: above what is read whole.
    const step = 2n ** 160n / 1_600_000n
    const parts: string[] = []
    for (let at = 0n; at < 1_600_000n; at += 1n)
      parts.push(`${(at * step).toString(16).toUpperCase().padStart(40, '0')}:${at + 1n}`)
    const path = file(parts.join('\r\n'))
    const list = await BreachList.open(path)
    const wanted = [0, 1, 2, 77, 799_999, 800_000, 1_234_567, 1_599_998, 1_599_999]
    const hashes = wanted.map((at) => (parts[at] ?? '').slice(0, 40))
    const near = hashes.map((hash) => (BigInt(`0x${hash}`) + 1n).toString(16).toUpperCase().padStart(40, '0'))
    const before = process.memoryUsage.rss()
    const found = await list.find([...hashes, ...near, 'F'.repeat(40)], never)
    expect([...found.values()].toSorted((a, b) => a - b)).toEqual(wanted.map((at) => at + 1))
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024)
    await list.close()
  })

  test('of 40 GB is opened and searched at once; one of holes is refused', async () => {
    // Takes no room on the disk: behind the first lines there is nothing but zeros.
    const path = file(`${'0'.repeat(40)}:1\n`.repeat(200))
    truncateSync(path, 40 * 1024 ** 3)
    expect(await codeOfPromise(BreachList.open(path))).toBe('invalid')
  })

  test('that stands in no order is read whole below 4 GiB and refused above', async () => {
    const block = Array.from({ length: 20_000 }, (_, at) => `${sha1(`x${at}`)}:1`).join('\n')
    const path = file(`${block}\n`.repeat(76))
    expect(await counts(path, ['x19999', 'y'])).toEqual([1, 0])
    truncateSync(path, 4 * 1024 ** 3 + 1)
    expect(['invalid', 'too_large']).toContain(await codeOfPromise(BreachList.open(path)))
  })
})
