import { FileWarning } from 'lucide-react'
import { useState } from 'react'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { useStatus } from '../../lib/queries.ts'

/** Why the vault cannot be opened (damaged, newer, in use, read-only) and what to do; nothing is changed by looking. */
export function VaultProblem({ status }: { readonly status: Status }) {
  const query = useStatus()
  const [asked, setAsked] = useState(false)
  const problem = status.vaultProblem ?? { message: 'The vault cannot be opened.', hint: null }
  return (
    <>
      <div className="mt-5 flex items-center gap-2 text-13 font-medium text-danger">
        <FileWarning size={16} aria-hidden />
        The vault cannot be used
      </div>
      <h1 className="selectable mt-1.5 text-20 font-semibold wrap-anywhere text-pretty">{problem.message}</h1>
      {problem.hint !== null && (
        <p className="selectable mt-2 text-14 text-ink-muted wrap-anywhere text-pretty">{problem.hint}</p>
      )}
      <p className="selectable mt-4 rounded-lg bg-sunken px-3 py-2.5 text-13 text-ink-muted wrap-anywhere">
        Nothing was changed. Your vault is the file <code className="font-mono text-12 text-ink">vault.db</code> in{' '}
        <code className="font-mono text-12 text-ink">{status.home}</code>.
      </p>
      <div className="mt-5 flex items-center gap-3">
        <Button
          size="lg"
          variant="primary"
          off={query.isFetching}
          onClick={() => {
            setAsked(true)
            void query.refetch()
          }}
        >
          Try again
        </Button>
        {asked && !query.isFetching && (
          <span role="status" className="text-13 text-ink-muted">
            Still the same.
          </span>
        )}
      </div>
    </>
  )
}
