import { safeStorage } from 'electron'
import type { Keychain } from './quick-unlock.ts'

/** The ones of Linux in which something is kept under the person's own login; without one Chromium uses a password that anyone knows. */
const realBackends: ReadonlySet<string> = new Set(['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'])

/**
 * The operating system's keychain: Keychain on macOS, DPAPI on Windows, the Secret Service or KWallet on Linux. The asynchronous calls
 * where Electron has them: the others block, and are gone in Electron 46.
 */
export const systemKeychain: Keychain = {
  async problem() {
    if (process.platform === 'linux' && !realBackends.has(safeStorage.getSelectedStorageBackend()))
      return 'This computer has no keychain that keeps a secret: there is no Secret Service (GNOME Keyring, KeePassXC) and no KWallet.'
    const available = hasAsync() ? await safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable()
    return available ? null : 'The keychain of this computer cannot be used now. It may be locked.'
  },
  async seal(text) {
    return hasAsync() ? safeStorage.encryptStringAsync(text) : safeStorage.encryptString(text)
  },
  async open(sealed) {
    if (!hasAsync()) return { text: safeStorage.decryptString(sealed), sealAgain: false }
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed)
    return { text: result, sealAgain: shouldReEncrypt }
  },
}

function hasAsync(): boolean {
  return typeof (safeStorage as Partial<typeof safeStorage>).encryptStringAsync === 'function'
}
