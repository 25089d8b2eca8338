const lengthBytes = 4
const stepBytes = 64
const smallBytes = 1024

/**
 * Puts a plaintext into a bucket, so that its sealed size says little: 4-byte big-endian length, the bytes, zeros.
 * Buckets are multiples of 64 up to 1 KiB, then Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted
 * Files", PETS 2019), which adds at most 12 %.
 */
export function pad(plain: Buffer): Buffer {
  const padded = Buffer.alloc(bucketBytes(lengthBytes + plain.length))
  padded.writeUInt32BE(plain.length, 0)
  plain.copy(padded, lengthBytes)
  return padded
}

/** The plaintext inside; a view, not a copy. Throws when the padding is not what `pad` makes. */
export function unpad(padded: Buffer): Buffer {
  const length = padded.length < lengthBytes ? -1 : padded.readUInt32BE(0)
  if (length < 0 || bucketBytes(lengthBytes + length) !== padded.length) throw new Error('Bad padding length')
  for (let at = lengthBytes + length; at < padded.length; at += 1) {
    if (padded[at] !== 0) throw new Error('Bad padding')
  }
  return padded.subarray(lengthBytes, lengthBytes + length)
}

/** The size a plaintext of so many bytes is padded to. */
export function bucketBytes(bytes: number): number {
  if (bytes <= smallBytes) return Math.ceil(bytes / stepBytes) * stepBytes
  const exponent = Math.floor(Math.log2(bytes))
  const freeBits = exponent - (Math.floor(Math.log2(exponent)) + 1)
  return Math.ceil(bytes / 2 ** freeBits) * 2 ** freeBits
}
