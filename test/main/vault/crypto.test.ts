import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/main/canonical-json.ts'
import { flatJson } from '../../../src/main/vault/flat-json.ts'
import { costliest } from '../../../src/main/vault/kdf-cost.ts'
import { deriveSlotKey, newKdfParams, parseKdfParams } from '../../../src/main/vault/kdf.ts'
import { deriveKey, deriveKeys, newKey, wipeKeys } from '../../../src/main/vault/keys.ts'
import { publicBytes, signAudit } from '../../../src/main/vault/own-keys.ts'
import { pad, unpad } from '../../../src/main/vault/padding.ts'
import { open, seal, type SealBinding } from '../../../src/main/vault/seal.ts'
import { codeOf } from '../../support/error-code.ts'
import { argon2idReference, argon2idVector, ed25519Vector, gcmVectors, hkdfVectors, x25519Vector } from './vectors.ts'

const opens = (...seal: Parameters<typeof open>): boolean => {
  try {
    open(...seal)
    return true
  } catch {
    return false
  }
}
const hex = (text: string): Buffer => Buffer.from(text, 'hex')

describe('published vectors', () => {
  it.each(hkdfVectors)('HKDF-SHA-256, RFC 5869 $name', ({ ikm, salt, info, okm }) => {
    const out = Buffer.from(hkdfSync('sha256', hex(ikm), hex(salt), hex(info), okm.length / 2))
    expect(out.toString('hex')).toBe(okm)
    if (info === '') expect(deriveKey(hex(ikm), hex(salt), '').toString('hex')).toBe(okm.slice(0, 64))
  })

  it('Argon2id, RFC 9106 section 5.3', async () => {
    const argon2 = await import('argon2')
    const { password, salt, secret, associatedData, memoryKiB, passes, lanes, tag } = argon2idVector
    const out = await argon2.hash(hex(password), {
      raw: true,
      type: argon2.argon2id,
      version: 19,
      memoryCost: memoryKiB,
      timeCost: passes,
      parallelism: lanes,
      salt: hex(salt),
      secret: hex(secret),
      associatedData: hex(associatedData),
      hashLength: 32,
    })
    expect(out.toString('hex')).toBe(tag)
  })

  it("Argon2id, a line of the reference implementation's own tests through our derivation", async () => {
    const { password, salt, tag, ...cost } = argon2idReference
    const params = { kdf: 'argon2id', version: 19, ...cost, salt: hex(salt).toString('base64url') } as const
    expect((await deriveSlotKey(password, params)).toString('hex')).toBe(tag)
  })

  it.each(gcmVectors)('AES-256-GCM, NIST $name', ({ key, nonce, plain, aad, sealed, tag }) => {
    const cipher = createCipheriv('aes-256-gcm', hex(key), hex(nonce), { authTagLength: 16 })
    cipher.setAAD(hex(aad))
    expect(Buffer.concat([cipher.update(hex(plain)), cipher.final()]).toString('hex')).toBe(sealed)
    expect(cipher.getAuthTag().toString('hex')).toBe(tag)
  })

  it('Ed25519, RFC 8032 section 7.1', () => {
    const { secret, publicKey, message, signature } = ed25519Vector
    expect(publicBytes('audit', hex(secret)).toString('hex')).toBe(publicKey)
    expect(signAudit(hex(secret), hex(message)).toString('hex')).toBe(signature)
  })

  it('X25519, RFC 7748 section 6.1', () => {
    expect(publicBytes('inbox', hex(x25519Vector.secret)).toString('hex')).toBe(x25519Vector.publicKey)
  })
})

describe('KDF parameters', () => {
  const good = newKdfParams()

  it('start at 64 MiB, 3 passes, 4 lanes with a new salt of 16 bytes each time', () => {
    expect(good).toMatchObject({ kdf: 'argon2id', version: 19, memoryKiB: 65_536, passes: 3, lanes: 4 })
    expect(Buffer.from(good.salt, 'base64url')).toHaveLength(16)
    expect(newKdfParams().salt).not.toBe(good.salt)
  })

  it.each([
    ['the floor', {}, 'none'],
    ['the ceiling', { memoryKiB: 1_048_576, passes: 16, lanes: 16 }, 'none'],
    ['too little memory', { memoryKiB: 65_535 }, 'damaged'],
    ['too few passes', { passes: 2 }, 'damaged'],
    ['no lanes', { lanes: 0 }, 'damaged'],
    ['a memory bomb', { memoryKiB: 1_048_577 }, 'damaged'],
    ['a time bomb', { passes: 17 }, 'damaged'],
    ['too many lanes', { lanes: 17 }, 'damaged'],
    ['a fraction', { passes: 3.5 }, 'damaged'],
    ['a number as text', { passes: '3' }, 'damaged'],
    ['another algorithm', { kdf: 'argon2i' }, 'damaged'],
    ['an older version', { version: 16 }, 'damaged'],
    ['a short salt', { salt: 'c29tZXNhbHQ' }, 'damaged'],
    ['a field too many', { pepper: 1 }, 'damaged'],
  ])('are checked before anything is derived: %s', (_name, change, expected) => {
    expect(codeOf(() => parseKdfParams(JSON.stringify({ ...good, ...change })))).toBe(expected)
  })

  it('are refused when they are not JSON', () => {
    expect(codeOf(() => parseKdfParams('{'))).toBe('damaged')
  })
})

describe('the cost of a guess', () => {
  it('is raised as far as the time allows, with a salt of its own, and stays as it was where there is none', async () => {
    // Less than a vault may have, so that the test is quick.
    const from = { ...newKdfParams(), memoryKiB: 8 * 1024 }
    const { salt, ...cost } = from
    const kept = await costliest('a password', from, 0)
    expect(kept).toMatchObject({ kdf: cost, raised: false })
    const dearer = await costliest('a password', from, 800)
    expect([dearer.raised, dearer.kdf.memoryKiB > cost.memoryKiB]).toEqual([true, true])
    expect(new Set([salt, kept.kdf.salt, dearer.kdf.salt]).size).toBe(3)
  })
})

describe('keys', () => {
  it('differ by use, by vault and by secret, and are zero after the wipe', () => {
    const keys = deriveKeys(newKey(), 'vlt_a', 1)
    const other = deriveKeys(Buffer.concat([keys.vaultKey]), 'vlt_b', 1)
    const all = [keys, other].flatMap(({ epoch: _epoch, ...buffers }) => Object.values(buffers))
    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(all.length - 1)
    wipeKeys(keys)
    const { epoch: _epoch, ...buffers } = keys
    for (const key of Object.values(buffers)) expect(key).toEqual(Buffer.alloc(32))
  })
})

describe('padding', () => {
  it('gives back what went in, in buckets that add at most 12 % above 1 KiB', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200_000 }), (bytes) => {
        const plain = Buffer.alloc(bytes, 1)
        const padded = pad(plain)
        expect(unpad(padded).equals(plain)).toBe(true)
        if (bytes + 4 <= 1024) expect(padded.length % 64).toBe(0)
        else expect(padded.length / (bytes + 4)).toBeLessThanOrEqual(1.12)
      }),
      { numRuns: 50 },
    )
  })

  it('gives passwords of 1 to 50 characters the same size', () => {
    const sizes = [1, 10, 20, 50, 60].map((length) => pad(Buffer.alloc(length)).length)
    expect(new Set(sizes).size).toBe(1)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a length beyond the end', Buffer.from('ffffffff', 'hex')],
    ['a byte in the filling', Buffer.concat([pad(Buffer.from('abc')).subarray(0, 63), Buffer.of(1)])],
    ['a bucket too large', Buffer.concat([pad(Buffer.from('abc')), Buffer.alloc(64)])],
  ])('is refused when it is not what we make: %s', (_name, bytes) => {
    expect(() => unpad(bytes)).toThrow('Bad padding')
  })
})

describe('a seal', () => {
  const key = newKey()
  const binding: SealBinding = {
    vaultId: 'vlt_a',
    purpose: 'item-details',
    id: 'itm_a',
    revision: 3,
    epoch: 2,
    extra: ['x', 1, null],
  }
  const plain = Buffer.from('the secret')
  const sealed = seal(key, binding, plain)

  it('opens with its key and binding, and is different every time', () => {
    expect(open(key, binding, sealed)).toEqual(plain)
    expect(seal(key, binding, plain)).not.toEqual(sealed)
  })

  it('is version ‖ nonce 12 ‖ ciphertext ‖ tag 16 over the canonical binding', () => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13), { authTagLength: 16 })
    decipher.setAAD(
      Buffer.from(canonicalJson(['clawkeep.seal/1', 'vlt_a', 'item-details', 'itm_a', 3, 2, 'x', 1, null])),
    )
    decipher.setAuthTag(sealed.subarray(-16))
    const padded = Buffer.concat([decipher.update(sealed.subarray(13, -16)), decipher.final()])
    expect(sealed[0]).toBe(1)
    expect(padded).toEqual(pad(plain))
  })

  it.each<[string, Partial<SealBinding>]>([
    ['another vault', { vaultId: 'vlt_b' }],
    ['another purpose', { purpose: 'item-overview' }],
    ['another row', { id: 'itm_b' }],
    ['an earlier revision', { revision: 2 }],
    ['another epoch', { epoch: 1 }],
    ['another extra', { extra: ['x', 2, null] }],
    ['no extra', { extra: [] }],
    ['a boundary moved', { id: 'itm_a",3', extra: [] }],
  ])('does not open as that of %s', (_name, change) => {
    expect(opens(key, { ...binding, ...change }, sealed)).toBe(false)
  })

  it('does not open when any byte of it is flipped, cut or added', () => {
    for (let index = 0; index < sealed.length; index += 1) {
      const flipped = Buffer.from(sealed)
      flipped[index] = (flipped[index] ?? 0) ^ 1
      expect(opens(key, binding, flipped)).toBe(false)
    }
    for (const length of [0, 1, 13, 28, 29, sealed.length - 1]) {
      expect(opens(key, binding, sealed.subarray(0, length))).toBe(false)
    }
    expect(opens(key, binding, Buffer.concat([sealed, Buffer.of(0)]))).toBe(false)
    expect(opens(newKey(), binding, sealed)).toBe(false)
  })

  it('leaves the stack trace limit as it was, also when it throws', () => {
    const limit = Error.stackTraceLimit
    expect(opens(Buffer.alloc(3), binding, sealed)).toBe(false)
    expect(Error.stackTraceLimit).toBe(limit)
  })
})

describe('flat canonical JSON', () => {
  it('is what RFC 8785 asks for, for every flat array', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(flatJson(parts)).toBe(canonicalJson(parts))
      }),
    )
  })
})
