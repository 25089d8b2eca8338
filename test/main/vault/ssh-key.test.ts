import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generateSshKey, readSshKey, type SshKey } from '../../../src/main/vault/ssh-key.ts'
import { codeOf } from '../../support/error-code.ts'

/** RFC 8032, section 7.1, test 1: seed and public key. */
const rfc8032 = {
  seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  public: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
}

const pem = (der: Buffer): string =>
  createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString()
const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')

describe('an SSH key', () => {
  it('that is generated is an Ed25519 key whose two parts belong together', () => {
    const key = readSshKey(generateSshKey(), 'ada@laptop')
    expect(key.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\S+ ada@laptop$/)
    expect(key.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    expect(key.privateKey).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,70}\n)+-----END OPENSSH PRIVATE KEY-----\n$/,
    )
    expect(readSshKey(key.privateKey, 'ada@laptop')).toEqual(key)
    expect(readSshKey(generateSshKey(), 'ada@laptop').fingerprint).not.toBe(key.fingerprint)
  })

  it('has the public key of RFC 8032', () => {
    const der = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.from(rfc8032.seed, 'hex'),
    ])
    const key = readSshKey(pem(der), '')
    expect(blobOf(key.publicKey).subarray(-32).toString('hex')).toBe(rfc8032.public)
    expect(key.publicKey.split(' ')).toHaveLength(2)
  })

  it.each([
    [
      'Ed25519, PKCS #8',
      () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }),
      'ssh-ed25519',
    ],
    [
      'RSA, PKCS #1',
      () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs1' }),
      'ssh-rsa',
    ],
    [
      'ECDSA P-256, SEC 1',
      () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'sec1' }),
      'ecdsa-sha2-nistp256',
    ],
    [
      'ECDSA P-521, PKCS #8',
      () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
      'ecdsa-sha2-nistp521',
    ],
  ])('of the form %s is put into OpenSSH’s format, which reads back as the same key', (_name, make, type) => {
    const key = readSshKey(make().toString(), 'comment')
    expect(key.publicKey.startsWith(`${type} `)).toBe(true)
    expect(key.privateKey).toContain('OPENSSH')
    expect(readSshKey(key.privateKey, 'comment')).toEqual(key)
  })

  it('signs what its public key verifies', () => {
    const text = generateSshKey()
    const own = createPrivateKey(text)
    const blob = blobOf(readSshKey(text, '').publicKey)
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), blob.subarray(-32)])
    const message = Buffer.from('message')
    const known = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    expect(verify(null, message, known, sign(null, message, own))).toBe(true)
  })

  it.each<[string, (text: string) => string]>([
    ['nothing', () => ''],
    ['a public key', (text) => readSshKey(text, 'x').publicKey],
    ['a certificate', () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['a key without its end', (text) => text.slice(0, 120)],
    ['another key’s public part', (text) => withPublicOf(text, readSshKey(generateSshKey(), 'x').privateKey)],
    ['garbage inside', (text) => text.replace(/\n(\S{40})/, `\n${'A'.repeat(40)}`)],
    ['a key of PuTTY', () => 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none'],
    [
      'an unsupported curve',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
          .privateKey.export({ format: 'pem', type: 'sec1' })
          .toString(),
    ],
    ['another use', () => generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
  ])('is refused for %s', (_name, change) => {
    const text = readSshKey(generateSshKey(), 'x').privateKey
    expect(codeOf(() => readSshKey(change(text), 'x'))).toBe('invalid')
  })

  it('cannot put a second line or an escape sequence into the public key by its comment', () => {
    const { publicKey } = readSshKey(generateSshKey(), 'a\nssh-rsa AAAA evil\u001b[2J')
    expect(publicKey.split('\n')).toHaveLength(1)
    expect(publicKey).not.toContain('\u001b')
  })
})

/** Made by ssh-keygen of OpenSSH 9 for this table alone. */
const theirs = JSON.parse(
  readFileSync(new URL('../../fixtures/ssh-keys.json', import.meta.url), 'utf8'),
) as ReadonlyArray<SshKey & { readonly what: string; readonly comment: string }>

describe('a key that ssh-keygen made', () => {
  it.each(theirs)(
    'is taken as it is, with the public key and the fingerprint it says: $what',
    ({ what: _what, comment, ...key }) => {
      expect(readSshKey(key.privateKey, comment)).toEqual(key)
    },
  )
})

/** The private part of one key behind the public part of another. */
function withPublicOf(text: string, other: string): string {
  const body = (key: string): Buffer => Buffer.from(key.split('\n').slice(1, -2).join(''), 'base64')
  const [own, foreign] = [body(text), body(other)]
  const at = own.indexOf('ssh-ed25519') - 4
  const length = 4 + 11 + 4 + 32
  foreign.copy(own, at, at, at + length)
  const lines = own.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
