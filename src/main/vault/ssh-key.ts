import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { isOpensshKey, readOpensshKey, writeOpensshKey } from './openssh-key.ts'
import { mpint, sshString } from './ssh-wire.ts'

/** A private key in OpenSSH's own format, the line for `authorized_keys`, and `SHA256:…` as `ssh-keygen -l` prints it. */
export type SshKey = { readonly privateKey: string; readonly publicKey: string; readonly fingerprint: string }

/** A new Ed25519 key (RFC 8032) as a PEM text that `readSshKey` takes. */
export function generateSshKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

/**
 * Reads a private key: OpenSSH's format (also behind a passphrase, which stays on it) as it is, and PEM (PKCS #8, PKCS #1, SEC 1;
 * Ed25519, RSA, ECDSA), which is put into OpenSSH's format. Throws AppError invalid; the text never stands in it.
 */
export function readSshKey(text: string, comment: string): SshKey {
  const given = `${text.trim()}\n`
  if (isOpensshKey(given)) {
    const { publicBlob, type } = readOpensshKey(given)
    return { privateKey: given, ...publicParts(type, publicBlob, comment) }
  }
  const key = partsOf(readPem(given))
  return {
    privateKey: writeOpensshKey({ publicBlob: key.publicBlob, privateFields: key.privateFields, comment }),
    ...publicParts(key.type, key.publicBlob, comment),
  }
}

function publicParts(type: string, blob: Buffer, comment: string): Pick<SshKey, 'publicKey' | 'fingerprint'> {
  const words = comment.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trim()
  return {
    publicKey: [type, blob.toString('base64'), words].filter((part) => part !== '').join(' '),
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  }
}

function readPem(text: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch {
    throw new AppError('invalid', 'This is not a private SSH key that can be read.', {
      hint: 'Give the whole file, from BEGIN to END. A key of PuTTY, or a PEM file behind a passphrase, is converted with ssh-keygen first.',
    })
  }
}

type Parts = { readonly type: string; readonly publicBlob: Buffer; readonly privateFields: ReadonlyArray<Buffer> }

/** The fields of the public and the private part, in the order of RFC 4253 (RSA), RFC 5656 (ECDSA), RFC 8709 (Ed25519). */
function partsOf(key: KeyObject): Parts {
  const jwk = key.export({ format: 'jwk' })
  const bytes = (name: 'd' | 'e' | 'n' | 'p' | 'q' | 'qi' | 'x' | 'y'): Buffer =>
    Buffer.from(String(jwk[name] ?? ''), 'base64url')
  if (key.asymmetricKeyType === 'ed25519') {
    const type = 'ssh-ed25519'
    const both = Buffer.concat([bytes('d'), bytes('x')])
    return fields(type, [sshString(bytes('x'))], [sshString(bytes('x')), sshString(both)])
  }
  if (key.asymmetricKeyType === 'rsa') {
    const secret = (['n', 'e', 'd', 'qi', 'p', 'q'] as const).map((name) => mpint(bytes(name)))
    return fields('ssh-rsa', [mpint(bytes('e')), mpint(bytes('n'))], secret)
  }
  const curve = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }[String(jwk.crv)]
  if (key.asymmetricKeyType === 'ec' && curve !== undefined) {
    const point = Buffer.concat([Buffer.from([4]), bytes('x'), bytes('y')])
    const open = [sshString(curve), sshString(point)]
    return fields(`ecdsa-sha2-${curve}`, open, [...open, mpint(bytes('d'))])
  }
  throw new AppError('invalid', 'SSH keys of this type are not supported.', {
    hint: 'Use Ed25519, RSA or ECDSA (P-256, P-384, P-521).',
  })
}

function fields(type: string, open: ReadonlyArray<Buffer>, secret: ReadonlyArray<Buffer>): Parts {
  return { type, publicBlob: Buffer.concat([sshString(type), ...open]), privateFields: [sshString(type), ...secret] }
}
