import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { extractZip } from '../../scripts/zip.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-zip-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a zip of { name, data, mode?, stored? } entries, as APPNOTE.TXT 4.3 lays it out. */
function zipOf(entries) {
  const file = join(folder, 'a.zip')
  const parts = []
  const directory = []
  let at = 0
  for (const { name, data, mode = 0o644, stored = false } of entries) {
    const packed = stored ? data : deflateRawSync(data)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(stored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, Buffer.from(name))
    parts.push(local)
    at += local.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(at, 16)
  writeFileSync(file, Buffer.concat([...parts, listing, end]))
  return file
}

it('gives back what was packed, with its permissions, and only what was asked for', async () => {
  const big = Buffer.alloc(300_000, 'clawkeep ')
  const zip = zipOf([
    { name: 'app/program', data: big, mode: 0o755 },
    { name: 'app/plain.txt', data: Buffer.from('plain'), stored: true },
    { name: 'app/empty', data: Buffer.alloc(0), stored: true },
    { name: 'other/left-out', data: Buffer.from('x') },
  ])
  const out = join(folder, 'out')
  const count = await extractZip(zip, out, (name) => (name.startsWith('app/') ? name.slice(4) : null))
  expect(count).toBe(3)
  expect(readdirSync(out).sort()).toEqual(['empty', 'plain.txt', 'program'])
  expect(readFileSync(join(out, 'program')).equals(big)).toBe(true)
  expect(readFileSync(join(out, 'plain.txt'), 'utf8')).toBe('plain')
  expect(statSync(join(out, 'program')).mode & 0o777).toBe(0o755)
})

it('refuses a name that leaves the folder', async () => {
  const zip = zipOf([{ name: '../evil', data: Buffer.from('x') }])
  await expect(extractZip(zip, join(folder, 'out'), (name) => name)).rejects.toThrow('leaves its folder')
  expect(readdirSync(folder)).toEqual(['a.zip'])
})

it('refuses what is cut short or no zip at all', async () => {
  const file = join(folder, 'b.zip')
  writeFileSync(file, 'not a zip')
  await expect(extractZip(file, join(folder, 'out'), (name) => name)).rejects.toThrow('not a zip file')
})
