import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attachFrom, saveTo } from '../../../src/main/file-exchange.ts'
import { chunkBytes, maxFileBytes, sealedFileBytes } from '../../../src/main/vault/file-chunks.ts'
import { checkFileName } from '../../../src/main/vault/file-name.ts'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

let test: TestVault
let vault: Vault
let itemId: string

beforeAll(async () => {
  test = await createTestVault()
  vault = test.vault
  itemId = vault.items.add({ kind: 'note', name: 'papers' }).id
})
afterAll(() => test.cleanup())

const course = { signal: new AbortController().signal }
const sealedFiles = (): ReadonlyArray<string> => readdirSync(join(test.home, 'vault-files'))

async function contentOf(id: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of vault.items.files.read(id)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** Pieces of odd sizes that make up so many bytes, each of its own value. */
function* pieces(bytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes; at += 70_001) yield Buffer.alloc(Math.min(70_001, bytes - at), at % 251)
}

describe('attached files', () => {
  it('are refused when the folder of the vault was moved meanwhile, and its old place stays gone', async () => {
    const other = await createTestVault()
    const item = other.vault.items.add({ kind: 'note', name: 'papers' })
    renameSync(other.home, `${other.home}-moved`)
    const refused = other.vault.items.files.add(item.id, 'lost.txt', pieces(10))
    await expect(refused).rejects.toThrow('There is no place for the attached file')
    expect(existsSync(other.home)).toBe(false)
    renameSync(`${other.home}-moved`, other.home)
    other.cleanup()
  })

  it.each([0, 1, 60, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 1_000_003])(
    'of %i bytes come out as they went in, and only their padded size shows',
    async (bytes) => {
      const file = await vault.items.files.add(itemId, `of-${bytes}`, pieces(bytes))
      expect(file).toMatchObject({ name: `of-${bytes}`, bytes })
      expect((await contentOf(file.id)).equals(Buffer.concat([...pieces(bytes)]))).toBe(true)
      expect(statSync(join(test.home, 'vault-files', file.id)).size).toBe(sealedFileBytes(bytes))
      expect(statSync(join(test.home, 'vault-files', file.id)).mode & 0o777).toBe(0o600)
    },
  )

  it('are listed with their item and counted in its overview, after an unlock too', async () => {
    const expected = vault.items.files.list(itemId).length
    expect(vault.items.get(itemId).files).toBe(expected)
    vault.lock()
    await vault.unlock(test.password)
    expect(vault.items.get(itemId).files).toBe(expected)
    expect(vault.items.view(itemId).fileList).toHaveLength(expected)
    expect(vault.problems).toEqual([])
  })

  it('may have 100 MB and no more, and nothing is left of one that is too large', async () => {
    const before = sealedFiles()
    function* endless(): Generator<Buffer> {
      const piece = Buffer.alloc(8 * 1024 * 1024)
      for (let bytes = 0; bytes <= maxFileBytes; bytes += piece.length) yield piece
    }
    expect(await codeOfPromise(vault.items.files.add(itemId, 'large', endless()))).toBe('too_large')
    expect(sealedFiles()).toEqual(before)
  })

  it('leave nothing when their source breaks off, and when the item is gone meanwhile', async () => {
    const before = sealedFiles()
    function* broken(): Generator<Buffer> {
      yield Buffer.alloc(chunkBytes * 2)
      throw new Error('the disk was pulled out')
    }
    await expect(vault.items.files.add(itemId, 'broken', broken())).rejects.toThrow('pulled out')
    const { id } = vault.items.add({ kind: 'note', name: 'short-lived' })
    function* removing(): Generator<Buffer> {
      yield Buffer.alloc(10)
      vault.items.remove(id)
      vault.items.trash.erase([id])
    }
    expect(await codeOfPromise(vault.items.files.add(id, 'orphan', removing()))).toBe('damaged')
    expect(sealedFiles()).toEqual(before)
    expect(await codeOfPromise(vault.items.files.add('itm_none', 'x', []))).toBe('not_found')
  })

  it('end with a lock, on the way in and on the way out, and leave nothing half done', async () => {
    const { id } = await vault.items.files.add(itemId, 'long', pieces(2_000_000))
    const before = sealedFiles()
    async function* locking(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(chunkBytes * 2)
      vault.lock()
      await vault.unlock(test.password)
      yield Buffer.alloc(chunkBytes * 2)
    }
    expect(await codeOfPromise(vault.items.files.add(itemId, 'locked', locking()))).toBe('locked')
    const out = join(test.home, 'out')
    const reading = (async () => {
      for await (const _piece of vault.items.files.read(id)) if (vault.state === 'unlocked') vault.lock()
    })()
    expect(await codeOfPromise(reading)).toBe('locked')
    expect(await codeOfPromise(saveTo(vault.items.files, id, out, { overwrite: false, ...course }))).toBe('locked')
    await vault.unlock(test.password)
    expect(sealedFiles()).toEqual(before)
    expect(readdirSync(test.home).filter((name) => name.includes('part') || name === 'out')).toEqual([])
  })

  it('come with new items, all or none', async () => {
    const files = [await vault.items.files.seal('a.txt', [Buffer.from('a')]), await vault.items.files.seal('b.txt', [])]
    const [first] = vault.items.addMany([{ input: { kind: 'note', name: 'imported' }, files }])
    expect(
      vault.items.files
        .list(first?.id ?? '')
        .map(({ name, bytes }) => [name, bytes])
        .toSorted(([left = ''], [right = '']) => String(left).localeCompare(String(right))),
    ).toEqual([
      ['a.txt', 1],
      ['b.txt', 0],
    ])
    const unwanted = [await vault.items.files.seal('c.txt', [Buffer.from('c')])]
    const before = sealedFiles().length
    const clash = () => vault.items.addMany([{ input: { kind: 'note', name: 'imported' }, files: unwanted }])
    expect(codeOf(clash)).toBe('conflict')
    vault.items.files.drop(unwanted)
    expect(sealedFiles()).toHaveLength(before - 1)
    expect(() => vault.items.addMany([{ input: { kind: 'note', name: 'late' }, files: unwanted }])).toThrow('dropped')
    expect(vault.items.byName('late')).toBeUndefined()
  })

  it('go with their item into the trash and back, and with it for good', async () => {
    const { id } = vault.items.add({ kind: 'login', name: 'with a file' })
    const file = await vault.items.files.add(id, 'f', [Buffer.from('f')])
    vault.items.remove(id)
    expect(await codeOfPromise(contentOf(file.id))).toBe('not_found')
    vault.items.trash.restore(id)
    expect((await contentOf(file.id)).toString()).toBe('f')
    vault.items.remove(id)
    vault.items.trash.erase([id])
    expect(sealedFiles()).not.toContain(file.id)
    expect(codeOf(() => vault.items.files.get(file.id))).toBe('not_found')
  })

  it('stay where they are while a copy of the vault is made, and go when it is done', async () => {
    const { id } = await vault.items.files.add(itemId, 'held', [Buffer.from('held')])
    const release = vault.items.files.hold()
    vault.items.files.remove(id)
    expect(vault.items.files.list(itemId).some((file) => file.id === id)).toBe(false)
    expect(sealedFiles()).toContain(id)
    release()
    expect(sealedFiles()).not.toContain(id)
  })

  it('that a killed process left are deleted by the next sweep, and those of items are not', () => {
    const kept = sealedFiles()
    const left = `fil_${'a'.repeat(20)}`
    writeFileSync(join(test.home, 'vault-files', left), 'half a file')
    vault.items.files.sweep()
    // Nothing is deleted that the database does not name.
    expect(sealedFiles()).toContain(left)
    expect(sealedFiles().filter((name) => name !== left)).toEqual(kept)
  })
})

describe('between the vault and the disk', () => {
  it('a file goes in and out whole, readable by its user alone, and overwrites only when that was asked', async () => {
    const source = join(test.home, 'report.bin')
    const content = Buffer.concat([...pieces(700_000)])
    writeFileSync(source, content)
    const file = await attachFrom(vault.items.files, itemId, source, course)
    expect(file.name).toBe('report.bin')
    const out = join(test.home, 'saved.bin')
    expect(await saveTo(vault.items.files, file.id, out, { overwrite: false, ...course })).toBe(content.length)
    expect(readFileSync(out).equals(content)).toBe(true)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(await codeOfPromise(saveTo(vault.items.files, file.id, out, { overwrite: false, ...course }))).toBe(
      'conflict',
    )
    expect(await saveTo(vault.items.files, file.id, out, { overwrite: true, ...course })).toBe(content.length)
  })

  it('tells how far it is and ends when it is cancelled, on the way in and on the way out, with nothing left', async () => {
    const source = join(test.home, 'slow.bin')
    writeFileSync(source, Buffer.alloc(1_000_000, 7))
    const { files } = vault.items
    const told: Array<readonly [number, number]> = []
    const stopAfter = (bytes: number) => {
      const stop = new AbortController()
      const onProgress = (done: number, total: number) => {
        told.push([done, total])
        if (done >= bytes) stop.abort()
      }
      return { signal: stop.signal, onProgress }
    }
    const { id } = await attachFrom(files, itemId, source, stopAfter(2_000_000))
    expect(told.at(-1)).toEqual([1_000_000, 1_000_000])
    const before = [sealedFiles(), files.list(itemId).length, readdirSync(test.home)]
    expect(await codeOfPromise(attachFrom(files, itemId, source, stopAfter(300_000)))).toBe('cancelled')
    const out = join(test.home, 'never.bin')
    expect(await codeOfPromise(saveTo(files, id, out, { overwrite: false, ...stopAfter(300_000) }))).toBe('cancelled')
    expect([sealedFiles(), files.list(itemId).length, readdirSync(test.home)]).toEqual(before)
  })

  it('does not take the place of a file that was made while it was written', async () => {
    const { id } = await vault.items.files.add(itemId, 'late', [Buffer.from('of the vault')])
    const out = join(test.home, 'made-meanwhile')
    const onProgress = (): void => writeFileSync(out, 'of the person')
    expect(await codeOfPromise(saveTo(vault.items.files, id, out, { overwrite: false, ...course, onProgress }))).toBe(
      'conflict',
    )
    expect(readFileSync(out, 'utf8')).toBe('of the person')
    expect(readdirSync(test.home).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('does not get its name when it was cancelled with the last byte', async () => {
    const { id } = await vault.items.files.add(itemId, 'short', [Buffer.from('x')])
    const stop = new AbortController()
    const cancelled = { signal: stop.signal, onProgress: () => stop.abort() }
    for (const overwrite of [false, true])
      expect(
        await codeOfPromise(saveTo(vault.items.files, id, join(test.home, 'late'), { overwrite, ...cancelled })),
      ).toBe('cancelled')
    expect(readdirSync(test.home).filter((name) => name.endsWith('.part') || name === 'late')).toEqual([])
  })

  it('refuses what is too large before a byte of it is read', async () => {
    const source = join(test.home, 'huge.bin')
    writeFileSync(source, '')
    truncateSync(source, maxFileBytes + 1)
    let read = 0
    const watched = { ...course, onProgress: () => (read += 1) }
    expect(await codeOfPromise(attachFrom(vault.items.files, itemId, source, watched))).toBe('too_large')
    expect(read).toBe(0)
  })

  it('says so when it cannot be written where the person wants it, and leaves nothing there', async () => {
    const { id } = await vault.items.files.add(itemId, 'nowhere', [Buffer.from('x')])
    for (const path of [join(test.home, 'no folder', 'x'), join(test.home, 'vault.db', 'x'), '/proc/x'])
      await expect(saveTo(vault.items.files, id, path, { overwrite: true, ...course })).rejects.toMatchObject({
        message: 'The file cannot be written there.',
        hint: expect.stringContaining('Choose a folder') as string,
      })
    const folder = join(test.home, 'a folder')
    mkdirSync(folder)
    await expect(saveTo(vault.items.files, id, folder, { overwrite: true, ...course })).rejects.toMatchObject({
      message: 'The file cannot be written there.',
    })
    expect(readdirSync(test.home).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('what is no file is refused', async () => {
    mkdirSync(join(test.home, 'folder'))
    for (const [path, code] of [
      [join(test.home, 'folder'), 'invalid'],
      [join(test.home, 'missing'), 'not_found'],
      ['/dev/zero', 'invalid'],
    ] as const)
      expect(await codeOfPromise(attachFrom(vault.items.files, itemId, path, course))).toBe(code)
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\a.txt', 'a.txt'],
    ['evil\u202Etxt.exe', 'evil_txt.exe'],
    ['a\u0000b\nc', 'a_b_c'],
    ['CON.txt', '_CON.txt'],
    ['trailing. . ', 'trailing'],
  ])('the name %j is kept as %j', (given, kept) => {
    expect(checkFileName(given)).toBe(kept)
  })

  it.each(['', '/', '..', '. .', 'a'.repeat(256)])('the name %j is refused', (given) => {
    expect(codeOf(() => checkFileName(given))).toBe('invalid')
  })
})
