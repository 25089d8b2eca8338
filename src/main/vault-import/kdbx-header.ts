const roundsField = 6
const kdfField = 11
const aesKdf = 'c9d9f39a628a4460bf740d08c18a4fea'

/**
 * The rounds of AES that the header of a KDBX file asks for, before anything is derived; null when it asks for none (Argon2 has
 * its own check) or is no header. https://keepass.info/help/kb/kdbx.html: fields of id 1, size 2 or 4, data.
 */
export function aesRoundsOf(bytes: Uint8Array): number | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.length < 12) return null
  const sizeBytes = view.readUInt16LE(10) >= 4 ? 4 : 2
  for (let at = 12; at + 1 + sizeBytes <= view.length;) {
    const id = view[at]
    const size = sizeBytes === 4 ? view.readUInt32LE(at + 1) : view.readUInt16LE(at + 1)
    const start = at + 1 + sizeBytes
    if (id === 0 || start + size > view.length) return null
    const data = view.subarray(start, start + size)
    if (id === roundsField && size === 8) return Number(data.readBigUInt64LE())
    if (id === kdfField) return roundsOfDictionary(data)
    at = start + size
  }
  return null
}

const cipherBlockBytes = 16

/** Whether what follows the header of a KDBX 3 file is no whole number of cipher blocks, as no whole file is. */
export function isCutShort(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.length < 12 || view.readUInt16LE(10) >= 4) return false
  for (let at = 12; at + 3 <= view.length;) {
    const end = at + 3 + view.readUInt16LE(at + 1)
    if (view[at] === 0) return (view.length - end) % cipherBlockBytes !== 0
    at = end
  }
  return true
}

/** KDBX 4 keeps `R` (uint64) in a dictionary: version 2, then type 1, name length 4, name, value length 4, value. */
function roundsOfDictionary(data: Buffer): number | null {
  let uuid = ''
  let rounds: number | null = null
  for (let at = 2; at + 5 <= data.length && data[at] !== 0;) {
    const nameEnd = at + 5 + data.readUInt32LE(at + 1)
    if (nameEnd + 4 > data.length) return null
    const valueEnd = nameEnd + 4 + data.readUInt32LE(nameEnd)
    if (valueEnd > data.length) return null
    const name = data.toString('latin1', at + 5, nameEnd)
    const value = data.subarray(nameEnd + 4, valueEnd)
    if (name === '$UUID') uuid = value.toString('hex')
    if (name === 'R' && value.length === 8) rounds = Number(value.readBigUInt64LE())
    at = valueEnd
  }
  return uuid === aesKdf ? rounds : null
}
