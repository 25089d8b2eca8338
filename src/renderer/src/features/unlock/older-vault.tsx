import { History } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '../../components/ui/button.tsx'

type OlderVaultProps = {
  /** What the file lacks. */
  readonly message: string
  readonly busy: boolean
  readonly onRestore: () => void
  readonly onAccept: () => void
  readonly onBack: () => void
}

/** The vault file is older than one that was seen before, or nothing proves that it is not: somebody may have put it back. It is opened only when the person wants that. */
export function OlderVault({ message, busy, onRestore, onAccept, onBack }: OlderVaultProps) {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  return (
    <div role="alert">
      <p className="mt-5 flex items-center gap-2 text-13 font-medium text-danger">
        <History size={16} aria-hidden />
        Not opened
      </p>
      <h1 ref={title} tabIndex={-1} className="mt-1.5 text-20 font-semibold text-pretty outline-none">
        This may be an older vault
      </h1>
      <p className="selectable mt-2 text-14 text-ink-muted wrap-anywhere text-pretty">{message}</p>
      <p className="mt-4 rounded-lg bg-sunken px-3 py-2.5 text-13 text-ink-muted text-pretty">
        If you did not put it there, somebody else may have.{' '}
        <strong className="font-medium text-ink">Opened as it is</strong>, what it lacks stays missing, and keys and
        rules that were ended since work again.
      </p>
      <div className="mt-5 space-y-2">
        <Button variant="primary" size="lg" off={busy} onClick={onRestore} className="w-full">
          Restore a backup
        </Button>
        <div className="flex gap-2">
          <Button size="lg" off={busy} onClick={onBack}>
            Back
          </Button>
          <Button variant="deny" size="lg" off={busy} onClick={onAccept} className="flex-1">
            {busy ? 'Opening it…' : 'Open it as it is'}
          </Button>
        </div>
      </div>
    </div>
  )
}
