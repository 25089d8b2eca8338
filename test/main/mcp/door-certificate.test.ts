import { X509Certificate, createHash, generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuthority } from '../../../src/main/assistants/certificate-authority.ts'
import { type LoadedCertificate, localCertificate, readCertificate } from '../../../src/main/mcp/door-certificate.ts'

const dayMs = 86_400_000
let folder: string

function kept(...args: Parameters<typeof localCertificate>): LoadedCertificate {
  const made = localCertificate(...args)
  made.keep()
  return made
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function files(cert: string | Buffer, key: string): { certificateFile: string; keyFile: string } {
  const certificateFile = join(folder, 'c.pem')
  const keyFile = join(folder, 'k.pem')
  writeFileSync(certificateFile, cert)
  writeFileSync(keyFile, key)
  return { certificateFile, keyFile }
}

describe('the person’s own files', () => {
  const good = createAuthority('test').leafFor('localhost')
  const other = createAuthority('test').leafFor('localhost')
  const old = createAuthority('test', Date.now() - 500 * dayMs).leafFor('localhost')
  const coming = createAuthority('test', Date.now() + 10 * dayMs).leafFor('localhost')
  const ec = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
  const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(ec).toString()

  test('are read, and their fingerprint is what other programs show', () => {
    const loaded = readCertificate(files(good.cert, good.key), Date.now())
    const hash = createHash('sha256').update(new X509Certificate(good.cert).raw).digest('hex')
    expect(loaded.fingerprint.replaceAll(':', '').toLowerCase()).toBe(hash)
    expect(loaded.expiresAtMs).toBeGreaterThan(Date.now() + 300 * dayMs)
  })

  test.each([
    ['a key of another certificate', good.cert, other.key, 'does not belong'],
    ['an expired certificate', old.cert, old.key, 'has expired on'],
    ['a certificate that is not valid yet', coming.cert, coming.key, 'valid only from'],
    ['a key with a password', good.cert, encrypted, 'protected with a password'],
    [
      'an old form of key with a password',
      good.cert,
      `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n`,
      'password',
    ],
    ['the two files swapped', good.key, good.cert, 'holds no certificate'],
    ['a damaged certificate', good.cert.replace('MII', 'XXX'), good.key, 'damaged'],
    ['a key file that holds something else', good.cert, 'hello', 'holds no private key'],
    ['a file that is far too large', Buffer.alloc(2 * 1024 * 1024), good.key, 'larger than 1 MiB'],
  ])('are refused with what is wrong: %s', (_name, cert, key, message) => {
    const chosen = files(cert, key)
    expect(() => readCertificate(chosen, Date.now())).toThrow(message)
  })

  test('that are not there, are a folder or may not be read, are named', () => {
    const chosen = files(good.cert, good.key)
    expect(() => readCertificate({ ...chosen, keyFile: '/nowhere/k.pem' }, Date.now())).toThrow('/nowhere/k.pem')
    expect(() => readCertificate({ ...chosen, certificateFile: folder }, Date.now())).toThrow('cannot be read')
    chmodSync(chosen.keyFile, 0o000)
    // Root may read everything; what it then meets is a file that is fine.
    if (process.getuid?.() !== 0) expect(() => readCertificate(chosen, Date.now())).toThrow('may not be read')
  })

  test('no refusal repeats a line of a key', () => {
    for (const [cert, key] of [
      [good.cert, other.key],
      [good.key, good.cert],
    ] as const) {
      try {
        readCertificate(files(cert, key), Date.now())
        expect.unreachable()
      } catch (error) {
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(other.key.split('\n')[1])
        expect(String(error)).not.toContain(good.key.split('\n')[1])
      }
    }
  })
})

describe('the certificate that Clawkeep makes', () => {
  const names = ['nas.example.ts.net', '192.0.2.7', 'localhost']

  test('is for every name, only its user can read the key, and nobody keeps the key of its authority', () => {
    const made = kept(folder, names, names, Date.now())
    const certificate = new X509Certificate(made.cert)
    expect(certificate.checkHost('nas.example.ts.net')).toBeDefined()
    expect(certificate.checkIP('192.0.2.7')).toBeDefined()
    expect(certificate.checkHost('evil.example')).toBeUndefined()
    expect(certificate.ca).toBe(false)
    const authority = new X509Certificate(readFileSync(made.authorityFile ?? ''))
    expect(certificate.verify(authority.publicKey)).toBe(true)
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
    expect(new X509Certificate(made.cert).publicKey.equals(authority.publicKey)).toBe(false)
  })

  test('stays the same over restarts, so that a phone that trusts it goes on', () => {
    const first = kept(folder, names, names, Date.now())
    expect(kept(folder, names, [...names, '192.0.2.8'], Date.now()).fingerprint).toBe(first.fingerprint)
  })

  test('is made anew for a new name, before it ends, and when its files are damaged', () => {
    const first = kept(folder, names, names, Date.now())
    const named = kept(folder, [...names, 'new.example'], [...names, 'new.example'], Date.now())
    expect(named.fingerprint).not.toBe(first.fingerprint)
    const later = kept(folder, names, names, named.expiresAtMs - 10 * dayMs)
    expect(later.fingerprint).not.toBe(named.fingerprint)
    writeFileSync(join(folder, 'key.pem'), 'x')
    const repaired = kept(folder, names, names, Date.now())
    expect(repaired.fingerprint).not.toBe(later.fingerprint)
  })

  test('takes a folder of its own that nobody else can open', () => {
    const own = join(folder, 'tls')
    kept(own, names, names, Date.now())
    expect(statSync(own).mode & 0o077).toBe(0)
  })
})
