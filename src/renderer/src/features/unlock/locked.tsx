import { Suspense, useState } from 'react'
import type { RouteOutput } from '../../../../shared/ipc/contract.ts'
import type { Status } from '../../../../shared/models/status.ts'
import { Logo } from '../../layout/logo.tsx'
import { CreateVault } from './create-vault.tsx'
import type { NewVault } from './new-vault.ts'
import { ShowWords } from './other-ways.tsx'
import { UnlockVault } from './unlock-vault.tsx'

type LockedProps = { readonly status: Status; readonly newVault: NewVault }

/** Everything that is shown while the vault is not open, or its person has not yet seen the recovery words. */
export function Locked({ status, newVault }: LockedProps) {
  return (
    <main className="h-full overflow-y-auto">
      <div className="flex min-h-full flex-col items-center px-6">
        <div className="flex w-full max-w-92 flex-1 flex-col justify-center py-6">
          <div className="-ml-1.5">
            <Logo size={44} />
          </div>
          <Suspense>
            <Way status={status} newVault={newVault} />
          </Suspense>
        </div>
        <footer className="selectable pb-5 text-center font-mono text-12 text-ink-muted wrap-anywhere">
          {status.version} · {status.home}
        </footer>
      </div>
    </main>
  )
}

function Way({ status, newVault }: LockedProps) {
  const [restored, setRestored] = useState<RouteOutput<'vault.restore'> | null>(null)
  if (newVault.words !== null) return <ShowWords words={newVault.words} newVault={newVault} />
  if (newVault.making) return <CreateVault newVault={newVault} onRestored={setRestored} />
  if (status.vault === 'absent') return <CreateVault newVault={newVault} onRestored={setRestored} />
  return <UnlockVault status={status} restored={restored} onRestored={setRestored} />
}
