import { globalShortcut } from 'electron'
import type { LockShortcut } from '../ipc/handlers/core.ts'

/** Four keys, so that it is in nobody's way; the same words as in Settings. */
const keys = 'CommandOrControl+Alt+Shift+L'

/** A shortcut of the whole computer that locks; only while the person wants it. */
export function lockShortcut(lock: () => void): LockShortcut {
  return {
    claim: () => globalShortcut.isRegistered(keys) || globalShortcut.register(keys, lock),
    release: () => globalShortcut.unregister(keys),
  }
}
