import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

type Names = { readonly dns: ReadonlyArray<string>; readonly ip: ReadonlyArray<string> }

const localNames: Names = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] }
const dayMs = 86_400_000

/**
 * A certificate for this machine's loopback names (or others), signed by an authority made for it: all PEM, valid for a day.
 * Nothing but a test that is given `ca` trusts it.
 */
export function makeLocalhostCertificate(names: Names = localNames): { ca: string; cert: string; key: string } {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ca = certificate('Clawkeep test authority', authority.publicKey, authority.privateKey, authority.publicKey, [
    extension('2.5.29.19', true, sequence(boolean(true))),
    extension('2.5.29.15', true, der(0x03, Buffer.from([1, 0x06]))),
  ])
  const cert = certificate('Clawkeep test server', server.publicKey, authority.privateKey, authority.publicKey, [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, alternativeNames(names)),
  ])
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

/** X.509 v3 (RFC 5280, 4.1) with ECDSA and SHA-256. */
function certificate(
  name: string,
  key: KeyObject,
  signer: KeyObject,
  issuer: KeyObject,
  extensions: ReadonlyArray<Buffer>,
): string {
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2'))
  const spki = key.export({ type: 'spki', format: 'der' })
  const issuerName = issuer === key ? name : 'Clawkeep test authority'
  const keyIds = [
    extension('2.5.29.14', false, der(0x04, keyId(key))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuer)))),
  ]
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    commonName(issuerName),
    sequence(time(Date.now() - dayMs / 24), time(Date.now() + dayMs)),
    commonName(name),
    spki,
    der(0xa3, sequence(...extensions, ...keyIds)),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]))
  const base64 = sequence(body, algorithm, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
}

function alternativeNames({ dns, ip }: Names): Buffer {
  return sequence(
    ...dns.map((name) => der(0x82, Buffer.from(name))),
    ...ip.map((address) => der(0x87, addressBytes(address))),
  )
}

function addressBytes(address: string): Buffer {
  if (address === '::1') return Buffer.from([...Array<number>(15).fill(0), 1])
  return Buffer.from(address.split('.').map(Number))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from(name)))))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), der(0x04, value))
}

function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${text}Z`))
}

function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]))
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((part) => {
    const groups = [part & 127]
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128)
    return groups
  })
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

function sequence(...parts: ReadonlyArray<Buffer>): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
