import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Keychain } from '../../src/main/quick-unlock.ts'

/** The keychain of a computer: a key of its own that can be changed or taken away, as a new login keyring does it. */
export class ComputerKeychain implements Keychain {
  #key: Buffer
  #problem: string | null = null
  sealAgain = false

  constructor(key: Buffer = randomBytes(32)) {
    this.#key = key
  }

  problem(): Promise<string | null> {
    return Promise.resolve(this.#problem)
  }

  async seal(text: string): Promise<Buffer> {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()])
  }

  async open(sealed: Buffer): Promise<{ text: string; sealAgain: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAuthTag(sealed.subarray(-16))
    const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    return { text, sealAgain: this.sealAgain }
  }

  change(): void {
    this.#key = randomBytes(32)
  }

  takeAway(problem: string | null): void {
    this.#problem = problem
  }
}
