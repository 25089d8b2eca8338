import { type ReactNode, useEffect, useRef } from 'react'
import type { RequestError } from '../../lib/ipc.ts'
import { Button } from './button.tsx'
import { Dialog, DialogActions, DialogBody } from './dialog.tsx'
import { Problem } from './problem.tsx'
import { ThrottleNote, useThrottle } from './throttle-note.tsx'

type FormDialogProps = {
  readonly title: string
  readonly meaning?: string
  readonly wide?: boolean
  readonly onClose: () => void
  /** Called when the form is sent, never while it is busy. */
  readonly onSubmit: () => void
  /** What the button says that sends it. */
  readonly action: string
  readonly busy: boolean
  /** Ends what is under way, where that can be; else nothing closes the dialog while it is busy. */
  readonly onStop?: () => void
  /** False while there is nothing to send yet. */
  readonly ready?: boolean
  /** Why it did not go through. */
  readonly error: RequestError | null
  /** By field, what is wrong in it; each time they change, the first wrong field gets the focus. */
  readonly problems?: Readonly<Record<string, string>>
  /** What else can be done, apart from Cancel and the button that sends it. */
  readonly others?: ReactNode
  readonly children: ReactNode
}

/** A dialog that is filled in and sent: its fields, below them what went wrong, Cancel and the button that sends it. */
export function FormDialog(props: FormDialogProps) {
  const { title, meaning, wide, onClose, onSubmit, action, busy, onStop, ready = true, error, problems, others } = props
  const waitMs = useThrottle(0, error?.retryAfterMs ?? 0)
  const isThrottled = error?.code === 'throttled'
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (problems !== undefined && Object.keys(problems).length > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [problems])
  const leave = busy && onStop !== undefined ? onStop : onClose
  const isHeld = busy && onStop === undefined
  const isStopped = onStop !== undefined && error?.code === 'cancelled'
  useEffect(() => {
    if (isStopped) onClose()
  }, [isStopped, onClose])
  return (
    <Dialog open wide={wide === true} busy={isHeld} onClose={leave} title={title} meaning={meaning}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy && ready && waitMs === 0) onSubmit()
        }}
        noValidate
        className="flex min-h-0 flex-1 flex-col"
      >
        <DialogBody>
          <div className="space-y-4">{props.children}</div>
        </DialogBody>
        {/* Not at the end of a long form, where it would be below what is in sight. */}
        {waitMs > 0 ? (
          <div className="mx-6 mb-4 shrink-0">
            <ThrottleNote waitMs={waitMs} />
          </div>
        ) : (
          error !== null && !isThrottled && !isStopped && <Problem error={error} className="mx-6 mb-4 shrink-0" />
        )}
        <DialogActions>
          {others !== undefined && <div className="mr-auto">{others}</div>}
          <Button off={isHeld} onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" off={busy || !ready || waitMs > 0}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
