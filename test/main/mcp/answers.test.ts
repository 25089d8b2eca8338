import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { Answers } from '../../../src/main/mcp/answers.ts'
import { pageBytes, pagesOf } from '../../../src/main/mcp/pages.ts'
import type { Client } from '../../../src/main/mcp/token-verifier.ts'
import { FakeClock } from '../../support/fake-clock.ts'

let clock: FakeClock
let answers: Answers
let lock: () => void
let changed: Array<string | null>

beforeEach(() => {
  clock = new FakeClock()
  lock = () => undefined
  answers = new Answers({
    clock,
    onLock: (listener) => {
      lock = listener
    },
  })
  changed = []
  answers.changes.subscribe((_kind, clientId) => changed.push(clientId))
})

const text = { title: 'Answer of api.example', mimeType: 'text/plain' }
const ada = client('key_ada')
const eve = client('key_eve')

function client(id: string): Client {
  return { kind: 'key', id, name: id, scopes: [], expiresAtMs: null }
}

function read(uri: string, reader = ada): string | null {
  const [content] = answers.resources.read(uri, reader)?.contents ?? []
  if (content === undefined) return null
  return 'text' in content ? content.text : Buffer.from(content.blob, 'base64').toString('latin1')
}

describe('a long answer', () => {
  test('is read page by page by the client that caused it', () => {
    const body = 'word '.repeat(50_000)
    const kept = answers.keep(ada, Buffer.from(body), text)
    expect([kept.pages, kept.bytes]).toEqual([Math.ceil(body.length / pageBytes), body.length])
    const pages = Array.from({ length: kept.pages }, (_, at) => read(`${kept.uri}/${at + 1}`))
    expect(pages.join('')).toBe(body)
    expect(read(kept.uri)).toBe(pages[0])
    expect(answers.resources.list(ada)).toMatchObject([{ uri: kept.uri, size: body.length, mimeType: 'text/plain' }])
  })

  test('that is no text comes as bytes', () => {
    const body = Buffer.alloc(pageBytes + 5, 0xff)
    const kept = answers.keep(ada, body, { ...text, mimeType: 'image/png' })
    expect(`${read(`${kept.uri}/1`)}${read(`${kept.uri}/2`)}`).toBe(body.toString('latin1'))
  })

  test('is not there for another client, whatever it asks for', () => {
    const { uri } = answers.keep(ada, Buffer.from('mine'), text)
    expect([read(uri, eve), read(`${uri}/1`, eve)]).toEqual([null, null])
    expect(answers.resources.list(eve)).toEqual([])
    expect(answers.resources.complete?.('clawkeep://answers/{id}/{page}', 'id', 'ans_', eve)).toEqual([])
  })

  test.each(['/0', '/2', '/-1', '/1.5', '/99999999', '/1/1', '/../x', '?page=1', '/%31', ' '])(
    'has no page at "%s"',
    (more) => {
      const { uri } = answers.keep(ada, Buffer.from('one page'), text)
      expect(read(`${uri}${more}`)).toBeNull()
    },
  )

  test('is gone after ten minutes, by a machine that slept too', () => {
    const { uri } = answers.keep(ada, Buffer.from('x'), text)
    clock.pass(10 * 60_000 - 1)
    expect(read(uri)).toBe('x')
    clock.pass(1)
    expect(read(uri)).toBeNull()
  })

  test('is gone with a lock, and with its client only', () => {
    const mine = answers.keep(ada, Buffer.from('x'), text).uri
    const hers = answers.keep(eve, Buffer.from('y'), text).uri
    answers.resources.forget?.(ada.id)
    expect([read(mine), read(hers, eve)]).toEqual([null, 'y'])
    lock()
    expect(read(hers, eve)).toBeNull()
  })

  test('gives way when there are too many of one client, and when all take too much', () => {
    const first = answers.keep(ada, Buffer.from('x'), text).uri
    const others = Array.from({ length: 8 }, () => answers.keep(ada, Buffer.from('x'), text).uri)
    expect([read(first), others.filter((uri) => read(uri) === null)]).toEqual([null, []])
    const clients = Array.from({ length: 10 }, (_, at) => client(`key_${at}`))
    for (const one of clients) for (let at = 0; at < 8; at++) answers.keep(one, Buffer.alloc(1024 * 1024), text)
    expect(clients.flatMap((one) => answers.resources.list(one)).length).toBe(32)
  })

  test('changes the list of its client when it comes and when it goes, and of nobody else', () => {
    answers.keep(ada, Buffer.from('x'), text)
    answers.resources.forget?.(ada.id)
    expect(changed).toEqual([ada.id, ada.id])
  })
})

test('pages make up the body again, and no character is cut', () => {
  const long = fc
    .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 6000 }))
    .map(([piece, times]) => Buffer.from(piece.repeat(times)))
  fc.assert(
    fc.property(
      fc.oneof(
        long,
        fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
      ),
      (body) => {
        const pages = pagesOf(body)
        expect(Buffer.concat([...pages]).equals(body)).toBe(true)
        expect(pages.every((page) => page.length <= pageBytes)).toBe(true)
        const decoded = pages.map((page) => page.toString('utf8')).join('')
        expect(decoded).toBe(body.toString('utf8'))
      },
    ),
    { numRuns: 300 },
  )
})
