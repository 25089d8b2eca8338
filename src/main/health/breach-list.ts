import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { type Course, stopIfAborted } from '../vault/paced.ts'
import { md4 } from './md4.ts'

/** Below this the whole file is read, and may stand in any order. */
const readWholeBytes = 64 * 1024 * 1024
/** An unordered file above this would take too long. */
const mostUnorderedBytes = 4 * 1024 * 1024 * 1024
/** Read at once; looking through it takes a few milliseconds. */
const pieceBytes = 512 * 1024
/** When so much is left of a search, it is read and looked through. */
const blockBytes = 32 * 1024
/** A hash, a colon, a count, a line end: 60 bytes at most. With room to see that a line is none. */
const lineBytes = 256
const orderSamples = 256
/** The first steps of all searches are the same. */
const keptProbes = 8_192

const lineForm = /^([0-9A-F]{40}|[0-9A-F]{32})(?::(\d{1,15}))?$/

type Line = { readonly start: number; readonly hash: string }

/**
 * A file with hashes of breached passwords, one a line, as `HASH:COUNT` or `HASH`: SHA-1 of the password (40 hex digits) or its NTLM
 * hash (32), as “Pwned Passwords” offers them. Ordered by hash, it may be of any size: it is searched on the disk.
 */
export class BreachList {
  readonly fileName: string
  readonly hash: 'SHA-1' | 'NTLM'
  readonly #file: FileHandle
  readonly #size: number
  /** Where the first line begins: behind a byte order mark. */
  readonly #begin: number
  readonly #isOrdered: boolean
  readonly #probes = new Map<number, Line | null>()

  private constructor(
    file: FileHandle,
    facts: { name: string; size: number; begin: number; digits: number; isOrdered: boolean },
  ) {
    this.#file = file
    this.fileName = facts.name
    this.#size = facts.size
    this.#begin = facts.begin
    this.hash = facts.digits === 40 ? 'SHA-1' : 'NTLM'
    this.#isOrdered = facts.isOrdered
  }

  /** Throws AppError not_found, no_permission, invalid for what is no such list, too_large for a huge one that is not ordered. */
  static async open(path: string): Promise<BreachList> {
    // A named pipe would keep whoever opens it waiting.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
      throw unreadable(error)
    })
    try {
      const facts = await file.stat()
      if (!facts.isFile()) throw noList()
      const { size } = facts
      const head = await readAt(file, 0, lineBytes * 16)
      const begin = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0
      const digits = digitsIn(head.subarray(begin), size <= head.length)
      const isOrdered = size > readWholeBytes && (await looksOrdered(file, size, digits))
      if (!isOrdered && size > mostUnorderedBytes)
        throw new AppError('too_large', 'This list is not ordered by hash, and too large to be read from end to end.', {
          hint: 'Take the list that is “ordered by hash”, or sort the file: LC_ALL=C sort -o sorted.txt list.txt',
        })
      return new BreachList(file, { name: basename(path), size, begin, digits, isOrdered })
    } catch (error) {
      await file.close()
      throw error instanceof AppError ? error : unreadable(error)
    }
  }

  /** The form in which a password stands in this list. */
  hashOf(password: string): string {
    return this.hash === 'SHA-1'
      ? createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase()
      : md4(Buffer.from(password, 'utf16le'))
  }

  /** How often each of the hashes that are in the list was seen. Throws AppError cancelled, invalid when the list is not what it seemed. */
  async find(hashes: Iterable<string>, course: Course): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(hashes)].sort()
    try {
      return await (this.#isOrdered ? this.#searchEach(wanted, course) : this.#readWhole(new Set(wanted), course))
    } catch (error) {
      throw error instanceof AppError ? error : unreadable(error)
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #searchEach(
    wanted: ReadonlyArray<string>,
    { signal, onProgress }: Course,
  ): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    for (const [at, hash] of wanted.entries()) {
      stopIfAborted(signal)
      onProgress?.(at, wanted.length)
      const count = await this.#search(hash)
      if (count !== null) found.set(hash, count)
    }
    return found
  }

  /** Halves the file until a block is left in which the hash must stand. */
  async #search(hash: string): Promise<number | null> {
    let [low, high] = [this.#begin, this.#size]
    while (high - low > blockBytes) {
      const middle = low + Math.floor((high - low) / 2)
      const line = await this.#firstLineFrom(middle)
      // A line that begins at or behind `high` says nothing new.
      if (line === null || line.start >= high || line.hash > hash) high = middle
      else low = line.start
    }
    const block = await readAt(this.#file, low, high - low + lineBytes)
    const lines = linesOf(block.toString('latin1'))
    for (const text of lines) {
      if (!text.startsWith(hash)) continue
      return countIn(text)
    }
    return null
  }

  async #firstLineFrom(offset: number): Promise<Line | null> {
    const known = this.#probes.get(offset)
    if (known !== undefined) return known
    const line = await lineFrom(this.#file, offset, this.hash === 'SHA-1' ? 40 : 32)
    if (this.#probes.size < keptProbes) this.#probes.set(offset, line)
    return line
  }

  async #readWhole(wanted: ReadonlySet<string>, { signal, onProgress }: Course): Promise<ReadonlyMap<string, number>> {
    const digits = this.hash === 'SHA-1' ? 40 : 32
    const found = new Map<string, number>()
    const piece = Buffer.alloc(pieceBytes)
    let rest = ''
    for (let at = this.#begin; at < this.#size;) {
      stopIfAborted(signal)
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at)
      if (bytesRead === 0) break
      at += bytesRead
      onProgress?.(at, this.#size)
      const lines = (rest + piece.toString('latin1', 0, bytesRead)).split('\n')
      rest = at < this.#size ? (lines.pop() ?? '') : ''
      if (rest.length > lineBytes) throw notAHash()
      for (const line of lines) {
        const text = line.trimEnd()
        if (text === '') continue
        const hash = text.slice(0, digits).toUpperCase()
        if (text.length !== digits && text[digits] !== ':') throw notAHash()
        if (wanted.has(hash)) found.set(hash, countIn(text))
      }
    }
    return found
  }
}

/** How many digits the hashes have. Throws AppError invalid when the first lines are no hashes, or of two kinds. */
function digitsIn(head: Buffer, isAll: boolean): number {
  const lines = head.toString('latin1').split('\n')
  if (!isAll) lines.pop()
  const hashes = lines.map((line) => line.trimEnd().toUpperCase()).filter((line) => line !== '')
  const lengths = new Set(hashes.map((line) => lineForm.exec(line)?.[1]?.length ?? 0))
  const [digits = 0] = lengths
  if (lengths.size !== 1 || digits === 0) throw noList()
  return digits
}

/** Whether lines from all over the file stand in the order of their hashes. */
async function looksOrdered(file: FileHandle, size: number, digits: number): Promise<boolean> {
  let last = ''
  for (let sample = 0; sample < orderSamples; sample += 1) {
    const line = await lineFrom(file, Math.floor((size / orderSamples) * sample), digits)
    if (line === null) continue
    if (line.hash < last) return false
    last = line.hash
  }
  return true
}

/** The first line that begins at or behind an offset; null: there is none. Throws AppError invalid when it is no hash. */
async function lineFrom(file: FileHandle, offset: number, digits: number): Promise<Line | null> {
  // One byte before: a line may begin right there.
  const from = Math.max(0, offset - 1)
  const text = (await readAt(file, from, 2 * lineBytes)).toString('latin1')
  let start = offset === 0 ? 0 : text.indexOf('\n') + 1
  if (offset !== 0 && start === 0) {
    if (text.length > lineBytes) throw notAHash()
    return null
  }
  while (text[start] === '\n' || text[start] === '\r') start += 1
  if (offset === 0 && text.startsWith('\u00ef\u00bb\u00bf')) start = 3
  if (start >= text.length) return null
  const [line = ''] = text.slice(start).split('\n', 1)
  const hash = lineForm.exec(line.trimEnd().toUpperCase())?.[1]
  if (hash?.length !== digits) throw notAHash()
  return { start: from + start, hash }
}

function linesOf(text: string): ReadonlyArray<string> {
  return text.split('\n').map((line) => line.trimEnd().toUpperCase())
}

/** How often a hash was seen; a list without counts says once. */
function countIn(line: string): number {
  const count = lineForm.exec(line.toUpperCase())?.[2]
  return count === undefined ? 1 : Number(count)
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

const whatItIs = 'It has one hash a line, SHA-1 or NTLM, as HASH:COUNT. Unpack it first if it is packed.'

function noList(): AppError {
  return new AppError('invalid', 'This is no list of breached passwords.', { hint: whatItIs })
}

function notAHash(): AppError {
  return new AppError('invalid', 'Not every line of this list is a hash.', { hint: whatItIs })
}

function unreadable(error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new AppError('not_found', 'There is no such file.', { hint: 'Check the path.' })
  return new AppError('no_permission', 'The list of breached passwords cannot be read.', {
    hint: 'Check who owns it, and whether its disk is there.',
    cause: error,
  })
}
