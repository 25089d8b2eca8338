import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, boolean, integer, oid, sequence, tagged, time } from './der.ts'

const dayMs = 86_400_000
/** Longer than an assistant runs without a restart. */
const validDays = 397
const maxCachedLeaves = 256

/** A certificate authority that lives in memory only. */
export type CertificateAuthority = {
  readonly certificatePem: string
  /** Key and certificate for one host name or IP address, made when it is asked for first. */
  leafFor(host: string): { readonly key: string; readonly cert: string }
  /** One certificate for several names; the first is its common name. */
  leafForAll(hosts: ReadonlyArray<string>): { readonly key: string; readonly cert: string }
}

/**
 * Makes a P-256 certificate authority: for one start of one assistant, with which the hatch ends the assistant's TLS, or for
 * the one certificate of the door to the network. The certificates (RFC 5280) are written here in DER: the libraries for it pull in a decorator runtime, and this is all we need.
 */
export function createAuthority(name: string, nowMs: number = Date.now()): CertificateAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leafKey = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const validity = { fromMs: nowMs - dayMs, toMs: nowMs + validDays * dayMs }
  const issuer = commonName(name)
  const issue = (subject: Buffer, publicKey: KeyObject, extensions: ReadonlyArray<Buffer>): string =>
    certificate({ issuer, subject, publicKey, validity, extensions, signer: authority.privateKey })
  const issueLeaf = (hosts: ReadonlyArray<string>): string =>
    issue(commonName((hosts[0] ?? name).slice(0, 64)), leaf.publicKey, [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bits(Buffer.from([0b1000_0000]), 7)),
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))),
      extension('2.5.29.35', false, sequence(tagged(0x80, keyId(authority.publicKey)))),
    ])
  const leaves = new Map<string, string>()
  return {
    certificatePem: issue(issuer, authority.publicKey, [
      extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.from([0])))),
      extension('2.5.29.15', true, bits(Buffer.from([0b0000_0110]), 1)),
      extension('2.5.29.14', false, tagged(0x04, keyId(authority.publicKey))),
    ]),
    leafFor(host) {
      let cert = leaves.get(host)
      if (cert === undefined) {
        // An assistant could name hosts without end; the oldest makes room.
        if (leaves.size >= maxCachedLeaves) leaves.delete(leaves.keys().next().value ?? '')
        cert = issueLeaf([host])
        leaves.set(host, cert)
      }
      return { key: leafKey, cert }
    },
    leafForAll: (hosts) => ({ key: leafKey, cert: issueLeaf(hosts) }),
  }
}

type CertificateParts = {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly publicKey: KeyObject
  readonly validity: { readonly fromMs: number; readonly toMs: number }
  readonly extensions: ReadonlyArray<Buffer>
  readonly signer: KeyObject
}

function certificate(parts: CertificateParts): string {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
  const serial = randomBytes(16)
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x40
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    parts.issuer,
    sequence(time(parts.validity.fromMs), time(parts.validity.toMs)),
    parts.subject,
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...parts.extensions)),
  )
  const der = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, parts.signer), 0))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(name, 'utf8')))))
}

function alternativeName(host: string): Buffer {
  const family = isIP(host)
  if (family === 0) return tagged(0x82, Buffer.from(host, 'latin1'))
  return tagged(0x87, family === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host))
}

function ipv6Bytes(host: string): Buffer {
  // The URL parser writes an embedded IPv4 address as two groups.
  const canonical = new URL(`http://[${host}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groups = (text: string): Array<string> => (text === '' ? [] : text.split(':'))
  const filled =
    tail === undefined
      ? groups(head)
      : [
          ...groups(head),
          ...Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0'),
          ...groups(tail),
        ]
  return Buffer.from(filled.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value))
}
