import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type VaultRoutes = 'vault.create' | 'vault.unlock' | 'vault.lock' | 'vault.stayAwake'

export function vaultHandlers(core: Core): Pick<Handlers, VaultRoutes> {
  return {
    'vault.create': async ({ password }, caller) => {
      await core.audit.around({ kind: 'vault.create', asker: person(caller) }, () => core.vault.create(password))
      return null
    },
    'vault.unlock': async ({ password }, caller) => {
      await core.audit.around({ kind: 'vault.unlock', asker: person(caller) }, () => core.vault.unlock(password))
      core.passwordDoor.keepOpen()
      return null
    },
    'vault.lock': async (_input, caller) => {
      await core.lock(person(caller))
      return null
    },
    'vault.stayAwake': () => {
      core.idleLock.stayAwake()
      return null
    },
  }
}
