import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'
import type { RequestError } from '../../lib/ipc.ts'
import { Button, buttonClass } from './button.tsx'
import { Problem } from './problem.tsx'

type ConfirmDialogProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will be lost, in plain words. */
  readonly children: ReactNode
  readonly action: string
  /** False for what can be taken back. */
  readonly grave?: boolean
  /** What the safe button says. */
  readonly keep?: string
  readonly onConfirm: () => void
  readonly busy: boolean
  readonly error: RequestError | null
  /** For what is shown in lines, such as a change to a file. */
  readonly wide?: boolean
}

/** Asks once more before something that cannot be taken back, or not easily; the safe button has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    open,
    onClose,
    title,
    children,
    action,
    grave = true,
    keep = 'Keep it',
    onConfirm,
    busy,
    error,
    wide = false,
  } = props
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next, details) => {
        // What was confirmed goes on: closing would look as if it did not.
        if (busy) details.cancel()
        else if (!next) onClose()
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop
          // Over another dialog too, which would otherwise look as if it still took answers.
          forceRender
          className="fixed inset-0 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
        />
        <AlertDialog.Popup
          data-modal=""
          className={cn(
            'fixed top-1/2 left-1/2 w-[calc(100vw-3rem)] -translate-1/2 rounded-xl bg-raised shadow-raised outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0',
            wide ? 'max-w-150' : 'max-w-110',
          )}
        >
          <div className="px-6 pt-5 pb-5">
            <AlertDialog.Title className="text-16 font-semibold wrap-anywhere">{title}</AlertDialog.Title>
            <AlertDialog.Description render={<div />} className="mt-2 space-y-3 text-13 text-ink-muted">
              {children}
            </AlertDialog.Description>
            {error !== null && <Problem error={error} className="mt-4" />}
          </div>
          <div className="flex justify-end gap-2 border-t border-line px-6 py-3.5">
            <AlertDialog.Close
              aria-disabled={busy || undefined}
              className={buttonClass('secondary', 'md', busy ? 'opacity-55' : '')}
            >
              {keep}
            </AlertDialog.Close>
            <Button variant={grave ? 'danger' : 'primary'} off={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
