import { AppError } from '../../../shared/app-error.ts'
import { clipboardTimes } from '../../../shared/clipboard-times.ts'
import type { Caller, Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type HouseRoutes =
  | 'status.get'
  | 'core.stop'
  | 'core.makeWay'
  | 'audit.list'
  | 'audit.verify'
  | 'policy.get'
  | 'policy.set'
  | 'settings.get'
  | 'settings.set'
  | 'clipboard.write'

export function houseHandlers(core: Core): Pick<Handlers, HouseRoutes> {
  const { status, audit, policy, settings, door, clipboard, lockShortcut } = core
  const end = (caller: Caller): null => {
    core.stop(person(caller))
    return null
  }
  return {
    'status.get': () => status(),
    'core.stop': (_input, caller) => end(caller),
    'core.makeWay': (_input, caller) => {
      if (!core.makesWay) throw notForOthers()
      return end(caller)
    },
    'audit.list': async (filter) => {
      // What is there can be read when nothing can be added.
      await audit.flush().catch(() => undefined)
      return audit.list(filter)
    },
    'audit.verify': () => audit.verify(),
    'policy.get': () => policy.get(),
    'policy.set': (input, caller) =>
      audit.around({ kind: 'policy.set', asker: person(caller) }, async () => {
        policy.set(input.policy)
        return policy.get()
      }),
    'settings.get': () => settings.get(),
    'settings.set': (patch, caller) =>
      audit.around({ kind: 'settings.set', asker: person(caller) }, async () => {
        if (patch.lockShortcut === true && !lockShortcut.claim()) throw shortcutTaken()
        const changed = await door.change(patch)
        if (!changed.lockShortcut) lockShortcut.release()
        return changed
      }),
    'clipboard.write': ({ text, secret }) => {
      clipboard(text, { concealed: secret, clearAfterMs: secret ? clipboardTimes.clientKeyMs : null })
      return null
    },
  }
}

function notForOthers(): AppError {
  return new AppError('refused', 'This Clawkeep does not make way for another.', {
    hint: 'Use it, or end it with `clawkeep stop`.',
  })
}

function shortcutTaken(): AppError {
  return new AppError('conflict', 'Another program uses this shortcut already.', {
    hint: 'Give it another one there, then try again.',
  })
}
