/** A string of RFC 4251, section 5: 4-byte big-endian length, then the bytes. */
export function sshString(content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** A positive number of RFC 4251, section 5: without leading zeros, with one where the highest bit would mean a sign. */
export function mpint(magnitude: Buffer): Buffer {
  const first = magnitude.findIndex((byte) => byte !== 0)
  const bytes = first === -1 ? Buffer.alloc(0) : magnitude.subarray(first)
  return sshString((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Reads such fields one after the other. Every method throws when there is less than it needs. */
export class SshReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  string(): Buffer {
    const length = this.uint32()
    if (length > this.#bytes.length - this.#at) throw new Error('A field is longer than what there is')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Error('There is less than expected')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
