import type { Status } from '../shared/models/status.ts'
import type { Vault } from './vault/vault.ts'

/** The vault's part of the status. Rows that do not open are said while the rest stays usable. */
export function describeVault(vault: Vault): Pick<Status, 'vault' | 'vaultProblem' | 'throttledForMs'> {
  const damaged = vault.problems.length
  return {
    vault: vault.state,
    vaultProblem:
      damaged === 0
        ? null
        : {
            message: damaged === 1 ? 'One row of the vault was changed from outside and is not used.' : `${damaged} rows of the vault were changed from outside and are not used.`,
            hint: 'Everything else works. Restore a copy of the data folder if you have one.',
          },
    throttledForMs: vault.throttledForMs(),
  }
}
