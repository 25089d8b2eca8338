import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { Starting } from './layout/starting.tsx'
import { Locked } from './features/unlock/locked.tsx'
import { useNewVault } from './features/unlock/new-vault.ts'
import { forgetVault } from './lib/query-client.ts'
import { useStatus } from './lib/queries.ts'
import { useTheme } from './lib/theme.ts'

const loadUnlocked = () => import('./layout/unlocked.tsx')
const Toaster = lazy(async () => ({ default: (await import('./components/ui/toaster.tsx')).Toaster }))
const Unlocked = lazy(async () => ({ default: (await loadUnlocked()).Unlocked }))

/** The whole window: what stands in the way of the vault, or the pages behind it. */
export function App() {
  useTheme()
  const status = useStatus()
  const client = useQueryClient()
  const newVault = useNewVault()
  const vault = status.data?.vault
  useEffect(() => {
    if (vault === undefined) return
    if (vault !== 'unlocked') forgetVault(client)
    // The pages load while the password is typed, so that unlocking shows them at once.
    const idle = setTimeout(() => void loadUnlocked().catch(() => undefined), 200)
    return () => clearTimeout(idle)
  }, [vault, client])

  if (status.data === undefined) return <Starting error={status.error} onRetry={() => void status.refetch()} />
  return (
    <>
      {vault !== 'unlocked' || newVault.making || newVault.words !== null ? (
        <Locked status={status.data} newVault={newVault} />
      ) : (
        <Suspense fallback={<Starting error={null} onRetry={() => undefined} />}>
          <Unlocked status={status.data} />
        </Suspense>
      )}
      <Suspense>
        <Toaster />
      </Suspense>
    </>
  )
}
