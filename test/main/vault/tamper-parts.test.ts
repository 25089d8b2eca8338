import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chunkBytes, sealedFileBytes, tagBytes } from '../../../src/main/vault/file-chunks.ts'
import type { Items } from '../../../src/main/vault/items.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { attached, ChangedVault } from './changed-vault.ts'

let vault: ChangedVault
let sealed: Buffer

beforeAll(async () => {
  vault = await ChangedVault.make()
  sealed = readFileSync(sealedPath())
})
afterEach(() => writeFileSync(sealedPath(), sealed))
afterAll(() => vault.cleanup())

function sealedPath(): string {
  return join(vault.home, 'vault-files', vault.fileId)
}

async function contentOf(items: Items): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of items.files.read(vault.fileId)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

const sealedChunk = chunkBytes + tagBytes
const chunks = Math.ceil(sealedFileBytes(attached.length) / sealedChunk)

describe('a sealed file that was changed', () => {
  it('has several chunks, and opens as long as nobody touched it', async () => {
    expect(chunks).toBeGreaterThan(2)
    const opened = vault.open(() => undefined)
    expect(opened.named).toEqual([])
    expect((await contentOf(opened.items)).equals(attached)).toBe(true)
    opened.close()
  })

  const flips = Array.from({ length: 12 }, (_, at) => at / 12)
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ...flips.map((part): [string, (bytes: Buffer) => Buffer] => [
      `a flipped bit at ${Math.round(part * 100)} %`,
      (bytes) => flipped(bytes, Math.floor(part * bytes.length)),
    ]),
    ['a flipped bit in the last byte', (bytes) => flipped(bytes, bytes.length - 1)],
    ['two chunks in each other’s place', (bytes) => swapped(bytes, 0, 1)],
    ['a chunk in the place of another', (bytes) => replaced(bytes, 1, bytes.subarray(0, sealedChunk))],
    [
      'the last chunk in the place of another',
      (bytes) => replaced(bytes, 0, bytes.subarray((chunks - 1) * sealedChunk)),
    ],
    ['the first chunk as the last', (bytes) => replaced(bytes, chunks - 1, bytes.subarray(0, sealedChunk))],
    ['a chunk left out and another twice', (bytes) => replaced(bytes, 0, bytes.subarray(sealedChunk, 2 * sealedChunk))],
    ['zeros', (bytes) => Buffer.alloc(bytes.length)],
  ])('is refused with %s, and gives not one byte of the changed chunk', async (_name, change) => {
    const opened = vault.open(() => undefined)
    writeFileSync(sealedPath(), change(Buffer.from(sealed)))
    const given: Buffer[] = []
    const reading = (async () => {
      for await (const piece of opened.items.files.read(vault.fileId)) given.push(Buffer.from(piece))
    })()
    expect(await codeOfPromise(reading)).toBe('damaged')
    const whole = Buffer.concat(given)
    expect(whole.equals(attached.subarray(0, whole.length))).toBe(true)
    expect(whole.length).toBeLessThan(attached.length)
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it.each<[string, () => void]>([
    ['cut at the end of a chunk', () => truncateSync(sealedPath(), sealedChunk)],
    ['cut in the middle of a chunk', () => truncateSync(sealedPath(), sealedChunk + 1_000)],
    ['cut by its last byte', () => truncateSync(sealedPath(), sealed.length - 1)],
    ['emptied', () => truncateSync(sealedPath(), 0)],
    ['grown by a chunk', () => writeFileSync(sealedPath(), Buffer.concat([sealed, sealed.subarray(0, sealedChunk)]))],
    ['deleted', () => rmSync(sealedPath())],
  ])('is named at unlock and gives nothing when it was %s; the rest opens', async (_name, change) => {
    change()
    const opened = vault.open(() => undefined)
    expect(opened.named).toEqual([`files ${vault.id('delta')}/${vault.fileId}`])
    expect(await codeOfPromise(contentOf(opened.items))).toBe('damaged')
    expect(opened.items.reveal(vault.id('delta'), 'secret')).toBe('secret of delta')
    opened.close()
  })

  it('is refused when another sealed file of the same item and size took its place', async () => {
    const file = vault.files.copy(vault.newer)
    const first = vault.files.open(file)
    const other = await first.items.files.add(vault.id('delta'), 'other.txt', [Buffer.alloc(attached.length, 7)])
    first.close()
    copyFileSync(join(vault.home, 'vault-files', other.id), sealedPath())
    const opened = vault.files.open(file)
    expect(opened.named).toEqual([])
    expect(await codeOfPromise(contentOf(opened.items))).toBe('damaged')
    opened.close()
  })
})

describe('rows of versions and files that were moved, put back, removed and put in', () => {
  const version = (): string => `${vault.id('alpha')}/1`
  const file = (): string => `${vault.id('delta')}/${vault.fileId}`

  it.each<[string, (database: SqliteDatabase.Database) => void, () => ReadonlyArray<string>]>([
    ['a removed version', (db) => db.exec('DELETE FROM item_versions'), () => [`item_versions ${version()}`]],
    ['a removed file', (db) => db.exec('DELETE FROM files'), () => [`files ${file()}`]],
    [
      'a version given to another item',
      (db) => db.exec(`UPDATE item_versions SET item_id = '${vault.id('beta')}'`),
      () => [`item_versions ${version()}`],
    ],
    [
      'a file given to another item',
      (db) => db.exec(`UPDATE files SET item_id = '${vault.id('beta')}'`),
      () => [`files ${vault.id('beta')}/${vault.fileId}`, `files ${file()}`],
    ],
    [
      'a second row for a file',
      (db) =>
        db.exec(
          "INSERT INTO files SELECT 'fil_x', item_id, revision, content_epoch, sealed_bytes, sealed_head FROM files",
        ),
      () => [`files ${vault.id('delta')}/fil_x`],
    ],
    [
      'details of a version put into the item',
      (db) =>
        db.exec(
          `UPDATE items SET (sealed_details, details_revision) = (SELECT sealed_details, details_revision FROM item_versions) WHERE id = '${vault.id('alpha')}'`,
        ),
      () => [`items ${vault.id('alpha')}`],
    ],
    [
      'an item rolled back to its own version',
      (db) =>
        db.exec(
          `UPDATE items SET (revision, sealed_overview, sealed_details, details_revision) = (SELECT revision, sealed_overview, sealed_details, details_revision FROM item_versions) WHERE id = '${vault.id('alpha')}'`,
        ),
      () => [`items ${vault.id('alpha')}`],
    ],
  ])('%s is named and refused, and the rest opens', (_name, change, expected) => {
    const opened = vault.open(change)
    expect(opened.named.toSorted()).toEqual([...expected()].toSorted())
    const foreign =
      opened.items.files.list(vault.id('beta')).length + opened.items.history.list(vault.id('beta')).length
    expect(foreign).toBe(0)
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('what is left of a damaged file or item goes away when it is removed', () => {
    const path = vault.files.copy(vault.newer)
    const first = vault.files.open(path)
    first.database.exec('DELETE FROM item_versions')
    first.database.exec(`UPDATE items SET revision = 9 WHERE id = '${vault.id('alpha')}'`)
    first.close()
    const second = vault.files.open(path)
    expect(second.named.toSorted()).toEqual([`item_versions ${version()}`, `items ${vault.id('alpha')}`].toSorted())
    second.items.remove(vault.id('alpha'))
    second.close()
    const third = vault.files.open(path)
    expect(third.named).toEqual([])
    third.close()
  })

  it('a sealed file that a killed process left and named is deleted, and one that an item has is not', () => {
    const left = `fil_${'a'.repeat(20)}`
    const path = join(vault.home, 'vault-files', left)
    writeFileSync(path, 'half a file')
    const opened = vault.open((database) =>
      database.prepare('INSERT INTO file_leftovers (id) VALUES (?), (?)').run(left, vault.fileId),
    )
    opened.items.files.sweep()
    expect(existsSync(path)).toBe(false)
    expect(readFileSync(sealedPath()).equals(sealed)).toBe(true)
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('a name that leads out of the folder is never followed', () => {
    const outside = join(vault.home, 'outside')
    writeFileSync(outside, 'kept')
    const opened = vault.open((database) =>
      database.exec("INSERT INTO file_leftovers (id) VALUES ('../outside'), ('/etc/hostname')"),
    )
    opened.items.files.sweep()
    expect(readFileSync(outside, 'utf8')).toBe('kept')
    expect(codeOf(() => opened.items.files.get('../outside'))).toBe('not_found')
    opened.close()
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes
}

function replaced(bytes: Buffer, place: number, chunk: Buffer): Buffer {
  const room = bytes.subarray(place * sealedChunk, (place + 1) * sealedChunk)
  Buffer.from(chunk).copy(room, 0, 0, room.length)
  return bytes
}

function swapped(bytes: Buffer, left: number, right: number): Buffer {
  const [first, second] = [left, right].map((place) =>
    Buffer.from(bytes.subarray(place * sealedChunk, (place + 1) * sealedChunk)),
  )
  return replaced(replaced(bytes, left, second as Buffer), right, first as Buffer)
}
