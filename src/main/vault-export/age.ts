import { AppError } from '../../shared/app-error.ts'
import { wrongFilePassword } from '../vault-import/refusals.ts'

const start = 'age-encryption.org/v1'
const armoredStart = '-----BEGIN AGE ENCRYPTED FILE-----'
const identityStart = 'AGE-SECRET-KEY-'

/** Whether these bytes begin like a file of age (https://age-encryption.org/v1), as bytes or as text. */
export function isAge(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, armoredStart.length)).toString('latin1')
  return head.startsWith(start) || head === armoredStart
}

/** Encrypts for a passphrase, or for recipients (`age1…`). Throws AppError invalid for what is no recipient. */
export async function sealWithAge(
  to: { readonly passphrase: string } | { readonly recipients: ReadonlyArray<string> },
  payload: Uint8Array,
): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  if ('passphrase' in to) encrypter.setPassphrase(to.passphrase)
  else {
    for (const recipient of to.recipients) {
      try {
        encrypter.addRecipient(recipient)
      } catch {
        throw new AppError('invalid', 'This is not a recipient of age.', {
          hint: 'It begins with age1; age-keygen prints it as the public key.',
        })
      }
    }
  }
  return encrypter.encrypt(payload)
}

/** Opens a file of age with its passphrase, or with an identity (`AGE-SECRET-KEY-…`). Throws AppError unauthorized. */
export async function openAge(password: string | null, bytes: Uint8Array): Promise<Uint8Array> {
  if (password === null) throw wrongFilePassword('needed')
  const { armor, Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  try {
    // Its work factor is capped by the library at 2^20, about 5 s.
    if (password.trim().startsWith(identityStart)) decrypter.addIdentity(password.trim())
    else decrypter.addPassphrase(password)
    const text = Buffer.from(bytes.subarray(0, armoredStart.length)).toString('latin1')
    return await decrypter.decrypt(text === armoredStart ? armor.decode(Buffer.from(bytes).toString('latin1')) : bytes)
  } catch {
    throw wrongFilePassword('wrong')
  }
}
