import type { Status } from '../shared/models/status.ts'
import { isWrittenAnew } from './vault/overview-parts.ts'
import type { Vault } from './vault/vault.ts'
import { areWordsUnconfirmed } from './words-on-paper.ts'

/** The vault's part of the status. What was changed from outside is said while the rest stays usable. */
export function describeVault(
  vault: Vault,
): Pick<Status, 'vault' | 'vaultProblem' | 'wordsUnconfirmed' | 'throttledForMs' | 'dueItems'> {
  const [first, ...others] = vault.problems
  const more = others.length === 0 ? '' : ` Besides it ${others.length} more.`
  return {
    vault: vault.state,
    vaultProblem:
      first === undefined
        ? null
        : {
            message: `${first.message}${more}`,
            hint: vault.problems.every(isWrittenAnew)
              ? 'Nothing is lost and nothing is to be done, but something other than Clawkeep wrote into the vault file.'
              : 'Everything else works. The check in Settings lists all of it, and a backup brings it back.',
          },
    wordsUnconfirmed: areWordsUnconfirmed({ vault }),
    throttledForMs: vault.throttledForMs(),
    dueItems: vault.state === 'unlocked' ? vault.items.countDue() : 0,
  }
}
