/**
 * MD4 (RFC 1320) in hex, upper case: only because lists of breached passwords also come as NTLM hashes, and the crypto libraries of
 * today do not offer it any more. Protects nothing.
 */
export function md4(message: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true)
  let [a, b, c, d] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let start = 0; start < padded.length; start += 64) {
    const before = [a, b, c, d] as const
    for (let step = 0; step < 48; step += 1) {
      const round = rounds[step >> 4] as Round
      const word = view.getUint32(start + 4 * (round.order[step & 15] as number), true)
      const sum = (a + round.mix(b, c, d) + word + round.constant) >>> 0
      const shift = round.shifts[step & 3] as number
      ;[a, b, c, d] = [d, ((sum << shift) | (sum >>> (32 - shift))) >>> 0, b, c]
    }
    a = (a + before[0]) >>> 0
    b = (b + before[1]) >>> 0
    c = (c + before[2]) >>> 0
    d = (d + before[3]) >>> 0
  }
  padded.fill(0)
  const digest = Buffer.alloc(16)
  for (const [at, word] of [a, b, c, d].entries()) digest.writeUInt32LE(word, at * 4)
  return digest.toString('hex').toUpperCase()
}

type Round = {
  readonly mix: (x: number, y: number, z: number) => number
  readonly constant: number
  readonly shifts: ReadonlyArray<number>
  readonly order: ReadonlyArray<number>
}

const rounds: ReadonlyArray<Round> = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    constant: 0,
    shifts: [3, 7, 11, 19],
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    shifts: [3, 5, 9, 13],
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    shifts: [3, 9, 11, 15],
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  },
]
