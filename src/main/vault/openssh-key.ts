import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { sshString, SshReader, uint32 } from './ssh-wire.ts'

/** OpenSSH's PROTOCOL.key: the magic, cipher, kdf, its options, the number of keys, public blob, private part padded with 1, 2, 3… */
const magic = Buffer.from('openssh-key-v1\0', 'latin1')
const begin = '-----BEGIN OPENSSH PRIVATE KEY-----'
const end = '-----END OPENSSH PRIVATE KEY-----'
const lineChars = 70
const blockBytes = 8
const ed25519 = 'ssh-ed25519'
/** PKCS #8 of an Ed25519 key up to the 32 raw bytes (RFC 8410). */
const ed25519Head = Buffer.from('302e020100300506032b657004220420', 'hex')

export function isOpensshKey(text: string): boolean {
  return text.startsWith(begin)
}

/**
 * The public part of a private key file. A key without a passphrase is opened to see that the two parts belong together; one behind a
 * passphrase is taken as it is. Throws AppError invalid.
 */
export function readOpensshKey(text: string): { type: string; publicBlob: Buffer } {
  try {
    const body = text.slice(begin.length, text.indexOf(end)).replace(/\s/g, '')
    const reader = new SshReader(Buffer.from(body, 'base64'))
    if (!reader.take(magic.length).equals(magic)) throw new Error('Not of this version')
    const cipher = reader.string().toString('latin1')
    reader.string()
    reader.string()
    if (reader.uint32() !== 1) throw new Error('More than one key')
    const publicBlob = Buffer.from(reader.string())
    const type = new SshReader(publicBlob).string().toString('latin1')
    if (!/^[a-z0-9@.-]{1,64}$/.test(type)) throw new Error('No type')
    const secret = reader.string()
    if (cipher === 'none') checkPair(type, publicBlob, secret)
    return { type, publicBlob }
  } catch {
    throw new AppError('invalid', 'This OpenSSH key is damaged, or its parts do not belong together.', {
      hint: 'Give the whole file, from BEGIN to END.',
    })
  }
}

/** Without a passphrase: the vault is what protects it. */
export function writeOpensshKey(key: {
  publicBlob: Buffer
  privateFields: ReadonlyArray<Buffer>
  comment: string
}): string {
  const check = randomBytes(4)
  const secret = [check, check, ...key.privateFields, sshString(key.comment)]
  const bytes = secret.reduce((sum, part) => sum + part.length, 0)
  const padding = Buffer.from(
    Array.from({ length: (blockBytes - (bytes % blockBytes)) % blockBytes }, (_, at) => at + 1),
  )
  const all = Buffer.concat([
    magic,
    sshString('none'),
    sshString('none'),
    sshString(''),
    uint32(1),
    sshString(key.publicBlob),
    sshString(Buffer.concat([...secret, padding])),
  ])
  const lines = all.toString('base64').match(new RegExp(`.{1,${lineChars}}`, 'g')) ?? []
  return `${[begin, ...lines, end].join('\n')}\n`
}

/** Of another type only the repeated number and the type are compared; of Ed25519 the public key is made again. */
function checkPair(type: string, publicBlob: Buffer, secret: Buffer): void {
  const reader = new SshReader(secret)
  if (reader.uint32() !== reader.uint32()) throw new Error('The private part is damaged')
  if (reader.string().toString('latin1') !== type) throw new Error('Two types')
  if (type !== ed25519) return
  const open = reader.string()
  const seed = reader.string().subarray(0, 32)
  const der = createPublicKey(
    createPrivateKey({ key: Buffer.concat([ed25519Head, seed]), format: 'der', type: 'pkcs8' }),
  ).export({ format: 'der', type: 'spki' })
  const own = der.subarray(der.length - 32)
  const blob = Buffer.concat([sshString(ed25519), sshString(own)])
  if (!open.equals(own) || !publicBlob.equals(blob)) throw new Error('Two keys')
}
