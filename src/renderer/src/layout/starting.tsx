import { Button } from '../components/ui/button.tsx'
import { Problem } from '../components/ui/problem.tsx'
import type { RequestError } from '../lib/ipc.ts'
import { useAfter } from '../lib/use-after.ts'
import { Logo } from './logo.tsx'

const silentMs = 300
const slowMs = 6_000

type StartingProps = { readonly error: RequestError | null; readonly onRetry: () => void }

/** What is shown before the main process has answered: nothing at first, then what is happening, then what to do. */
export function Starting({ error, onRetry }: StartingProps) {
  const visible = useAfter(silentMs)
  const slow = useAfter(slowMs)
  if (!visible && error === null) return null
  return (
    <main className="flex h-full flex-col items-center justify-center gap-5 p-8">
      <Logo size={40} />
      {error !== null ? (
        <Problem heading error={error} className="w-full max-w-100">
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        </Problem>
      ) : (
        <div role="status" className="text-center text-13 text-ink-muted">
          <h1>Starting Clawkeep…</h1>
          {slow && <p className="mt-1">This takes longer than usual: it waits for the part that keeps the vault.</p>}
        </div>
      )}
    </main>
  )
}
