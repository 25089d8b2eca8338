import type { RouteName } from '../../../shared/ipc/contract.ts'
import { noteWordsConfirmed, noteWordsShown } from '../../words-on-paper.ts'
import type { Caller, Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'
import type { UpkeepRoutes } from './upkeep-handlers.ts'

type VaultRoutes = Exclude<Extract<RouteName, `vault.${string}`>, UpkeepRoutes>

export function vaultHandlers(core: Core): Pick<Handlers, VaultRoutes> {
  /** Who opens an older vault file as it is, is written down as having said so. */
  const accepting = (caller: Caller, acceptOlder: boolean, open: () => Promise<void>): Promise<void> =>
    acceptOlder ? core.audit.around({ kind: 'vault.accept-older', asker: person(caller) }, open) : open()

  const passwordGiven = (caller: Caller): void => {
    core.recentPassword.given(caller)
    if (caller.kind === 'window') core.quickUnlock.passwordGiven()
  }

  return {
    'vault.create': async ({ password }, caller) => {
      const facts = { kind: 'vault.create', asker: person(caller) } as const
      const recoveryWords = await core.audit.around(facts, () => core.vault.create(password))
      // A command prints them, where they stay.
      if (caller.kind === 'window') unlessItFails(() => noteWordsShown(core))
      passwordGiven(caller)
      return { recoveryWords }
    },
    'vault.unlock': async ({ password, acceptOlder }, caller) => {
      const facts = { kind: 'vault.unlock', asker: person(caller) } as const
      await accepting(caller, acceptOlder, () =>
        core.audit.around(facts, () => core.vault.unlock(password, { acceptOlder })),
      )
      core.passwordDoor.keepOpen()
      passwordGiven(caller)
      return null
    },
    'vault.recover': async ({ words, newPassword, acceptOlder }, caller) => {
      const facts = { kind: 'vault.recover', asker: person(caller) } as const
      await accepting(caller, acceptOlder, () =>
        core.audit.around(facts, () => core.vault.recover(words, newPassword, { acceptOlder })),
      )
      unlessItFails(() => noteWordsConfirmed(core))
      core.quickUnlock.tidy()
      core.passwordDoor.keepOpen()
      passwordGiven(caller)
      return null
    },
    'vault.renewWords': async ({ password }, caller) => {
      const facts = { kind: 'vault.renew-words', asker: person(caller) } as const
      return core.audit.around(facts, async () => {
        const recoveryWords = await core.vault.ways.renewRecoveryWords(password)
        unlessItFails(() => (caller.kind === 'window' ? noteWordsShown(core) : noteWordsConfirmed(core)))
        return { recoveryWords }
      })
    },
    'vault.removeWords': async ({ password }, caller) => {
      const facts = { kind: 'vault.remove-words', asker: person(caller) } as const
      await core.audit.around(facts, () => core.vault.ways.removeRecoveryWords(password))
      unlessItFails(() => noteWordsConfirmed(core))
      return null
    },
    'vault.confirmWords': (_input, caller) =>
      core.audit.around({ kind: 'vault.confirm-words', asker: person(caller) }, async () => {
        noteWordsConfirmed(core)
        return null
      }),
    'vault.changePassword': async ({ password, newPassword }, caller) => {
      const facts = { kind: 'vault.change-password', asker: person(caller) } as const
      await core.audit.around(facts, () => core.vault.ways.changePassword(password, newPassword))
      core.quickUnlock.tidy()
      return null
    },
    'vault.calibrate': async ({ password }, caller) => {
      const facts = { kind: 'vault.calibrate', asker: person(caller) } as const
      return core.audit.around(facts, () => core.vault.ways.calibrate(password))
    },
    'vault.confirm': async ({ password }, caller) => {
      await core.audit.around({ kind: 'vault.confirm', asker: person(caller) }, () =>
        core.vault.verifyPassword(password),
      )
      passwordGiven(caller)
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

/** What was asked is done by now, and the words must reach whoever waits for them: a full disk or a lock costs only the reminder. */
function unlessItFails(note: () => void): void {
  try {
    note()
  } catch {
    // Said above.
  }
}
