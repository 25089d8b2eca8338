// A small zip reader, so that a bare machine needs no `unzip`. Reads stored and deflated entries of a file below 4 GiB;
// refuses everything else. APPNOTE.TXT 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).

import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

/**
 * Extracts the entries for which `place(name)` gives a path relative to `into` (null: leave it out). Keeps permissions.
 * @returns {Promise<number>} how many files were written
 */
export async function extractZip(zipFile, into, place) {
  const handle = await open(zipFile)
  try {
    let files = 0
    for (const entry of await readDirectory(handle, zipFile)) {
      const target = entry.name.endsWith('/') ? null : place(entry.name)
      if (target === null) continue
      const file = resolve(join(into, target))
      // Zip slip: a name such as ../../x must not leave the folder.
      if (!file.startsWith(resolve(into) + sep)) throw new Error(`${zipFile}: entry ${entry.name} leaves its folder`)
      await mkdir(dirname(file), { recursive: true })
      await writeEntry(handle, zipFile, entry, file)
      files += 1
    }
    return files
  } finally {
    await handle.close()
  }
}

async function readDirectory(handle, zipFile) {
  const { size } = await handle.stat()
  const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557))
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error(`${zipFile} is not a zip file`)
  const count = tail.readUInt16LE(end + 10)
  const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
  const entries = []
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw new Error(`${zipFile}: damaged directory`)
    const nameLength = directory.readUInt16LE(at + 28)
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
      headerAt: directory.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

async function writeEntry(handle, zipFile, entry, file) {
  const header = await readAt(handle, entry.headerAt, 30)
  const start = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  const out = createWriteStream(file, { mode: entry.mode || 0o644 })
  if (entry.packedSize === 0) {
    await finished(out.end())
  } else {
    const packed = createReadStream(zipFile, { start, end: start + entry.packedSize - 1 })
    if (entry.method === 0) await pipeline(packed, out)
    else if (entry.method === 8) await pipeline(packed, createInflateRaw(), out)
    else throw new Error(`${zipFile}: entry ${entry.name} uses an unknown compression`)
  }
  if (out.bytesWritten !== entry.size && entry.size > 0)
    throw new Error(`${zipFile}: entry ${entry.name} is incomplete`)
}

async function readAt(handle, position, length) {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}
