import { diffieHellman, generateKeyPairSync } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { VaultAccess } from './access.ts'
import { noVault, type Header } from './header.ts'
import { deriveKey } from './keys.ts'
import { privateKeyObject, publicBytes, publicKeyObject } from './own-keys.ts'
import { formatVersion } from './schema.ts'
import { open, seal, type SealBinding } from './seal.ts'

const label = 'clawkeep/1 inbox'
const publicKeyBytes = 32

/**
 * A one-way letter box: anyone in this process can put something in while the vault is locked, only the unlocked
 * vault can read it. Sealed form: version byte ‖ ephemeral X25519 public key 32 ‖ seal under
 * HKDF-SHA-256(X25519 secret, salt = ephemeral ‖ inbox public key).
 */
export class Inbox {
  readonly #access: VaultAccess
  readonly #header: () => Header | null

  constructor(access: VaultAccess, header: () => Header | null) {
    this.#access = access
    this.#header = header
  }

  /** Works while locked. Throws AppError not_found while there is no vault. */
  seal(plain: Buffer): Buffer {
    const address = this.#address()
    if (address === null) throw noVault()
    const ephemeral = generateKeyPairSync('x25519')
    const ephemeralPublic = ephemeral.publicKey.export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes)
    const shared = diffieHellman({
      privateKey: ephemeral.privateKey,
      publicKey: publicKeyObject('inbox', address.inboxPublic),
    })
    const key = deriveKey(shared, Buffer.concat([ephemeralPublic, address.inboxPublic]), label)
    try {
      return Buffer.concat([Buffer.of(formatVersion), ephemeralPublic, seal(key, binding(address.vaultId), plain)])
    } finally {
      shared.fill(0)
      key.fill(0)
    }
  }

  /** Throws AppError locked, or damaged when it was not sealed for this vault or was changed. */
  open(sealed: Buffer): Buffer {
    const { vaultId, ownKeys } = this.#access.unlocked()
    if (ownKeys.inbox === null) throw unreadable()
    let shared: Buffer | undefined
    let key: Buffer | undefined
    try {
      if (sealed[0] !== formatVersion) throw new Error('Unknown version')
      const ephemeralPublic = sealed.subarray(1, 1 + publicKeyBytes)
      const privateKey = privateKeyObject('inbox', ownKeys.inbox)
      shared = diffieHellman({ privateKey, publicKey: publicKeyObject('inbox', ephemeralPublic) })
      key = deriveKey(shared, Buffer.concat([ephemeralPublic, publicBytes('inbox', ownKeys.inbox)]), label)
      return open(key, binding(vaultId), sealed.subarray(1 + publicKeyBytes))
    } catch (error) {
      throw unreadable(error)
    } finally {
      shared?.fill(0)
      key?.fill(0)
    }
  }

  /** While unlocked the public key is the one the private key makes, whatever the header says. */
  #address(): { vaultId: string; inboxPublic: Buffer } | null {
    const header = this.#header()
    if (header === null) return null
    const own = this.#access.session?.ownKeys.inbox ?? null
    const inboxPublic = own === null ? header.row.inbox_public : publicBytes('inbox', own)
    return { vaultId: header.row.vault_id, inboxPublic }
  }
}

function binding(vaultId: string): SealBinding {
  return { vaultId, purpose: 'inbox', id: 'inbox', revision: 0, epoch: 0 }
}

function unreadable(cause?: unknown): AppError {
  return new AppError('damaged', 'Something that was kept while the vault was locked cannot be read.', {
    hint: 'It was changed outside Clawkeep or belongs to another vault; the rest is not affected.',
    cause,
  })
}
