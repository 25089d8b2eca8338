import type { Status } from '../../../../shared/models/status.ts'
import { Logo } from '../../layout/logo.tsx'
import { CreateVault } from './create-vault.tsx'
import { UnlockVault } from './unlock-vault.tsx'
import { VaultProblem } from './vault-problem.tsx'

/** Everything that is shown while the vault is not open. */
export function Locked({ status }: { readonly status: Status }) {
  return (
    <main className="h-full overflow-y-auto">
      <div className="flex min-h-full flex-col items-center px-6">
        <div className="flex w-full max-w-92 flex-1 flex-col justify-center py-10">
          <div className="-ml-1.5">
            <Logo size={44} />
          </div>
          <Way status={status} />
        </div>
        <footer className="selectable pb-5 text-center font-mono text-12 text-ink-muted wrap-anywhere">
          {status.version} · {status.home}
        </footer>
      </div>
    </main>
  )
}

function Way({ status }: { readonly status: Status }) {
  if (status.vault === 'damaged' || status.vaultProblem !== null) return <VaultProblem status={status} />
  if (status.vault === 'absent') return <CreateVault />
  return <UnlockVault status={status} />
}
