import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type QuickUnlockRoutes = Extract<RouteName, `quickUnlock.${string}`>

export function quickUnlockHandlers(core: Core): Pick<Handlers, QuickUnlockRoutes> {
  const { quickUnlock, audit } = core
  return {
    'quickUnlock.get': async () => ({ state: quickUnlock.state(), problem: await quickUnlock.problem() }),
    'quickUnlock.turnOn': async ({ password }, caller) => {
      await audit.around({ kind: 'vault.quick-unlock-on', asker: person(caller) }, () => quickUnlock.turnOn(password))
      return null
    },
    'quickUnlock.turnOff': async (_input, caller) => {
      await audit.around({ kind: 'vault.quick-unlock-off', asker: person(caller) }, () => quickUnlock.turnOff())
      return null
    },
    'quickUnlock.unlock': async (_input, caller) => {
      await audit.around({ kind: 'vault.quick-unlock', asker: person(caller) }, () => quickUnlock.unlock())
      core.passwordDoor.keepOpen()
      return null
    },
  }
}
