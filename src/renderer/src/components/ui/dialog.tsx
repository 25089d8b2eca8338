import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'
import { useReturnFocus } from '../../lib/return-focus.ts'
import { buttonClass } from './button.tsx'

type DialogProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly meaning?: ReactNode
  readonly wide?: boolean
  /** False while leaving would lose something that cannot be shown again. */
  readonly dismissable?: boolean
  /** True while nothing closes it, because what it has begun goes on. */
  readonly busy?: boolean
  readonly children: ReactNode
}

/** A dialog over the page: Esc and the corner close it, focus returns to where it was. */
export function Dialog(props: DialogProps) {
  const { open, onClose, title, meaning, wide = false, dismissable = true, busy = false, children } = props
  useReturnFocus()
  return (
    <Base.Root
      open={open}
      disablePointerDismissal
      onOpenChange={(next, details) => {
        if (next) return
        if (busy || (!dismissable && details.reason === 'escape-key')) details.cancel()
        else onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          data-modal=""
          className={cn(
            'fixed top-1/2 left-1/2 flex max-h-[calc(100dvh-3rem)] w-[calc(100vw-3rem)] -translate-1/2 flex-col rounded-xl bg-raised shadow-raised outline-none',
            'transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0',
            wide ? 'max-w-180' : 'max-w-120',
          )}
        >
          <div className="flex items-start gap-4 px-6 pt-5 pb-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-16 font-semibold wrap-anywhere">{title}</Base.Title>
              {meaning !== undefined && (
                <Base.Description className="mt-1 text-13 text-ink-muted wrap-anywhere">{meaning}</Base.Description>
              )}
            </div>
            {dismissable && (
              <Base.Close
                aria-label="Close"
                aria-disabled={busy || undefined}
                className={buttonClass('ghost', 'icon', cn('-mt-1 -mr-2', busy && 'opacity-55'))}
              >
                <X size={16} aria-hidden />
              </Base.Close>
            )}
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The part of a dialog that scrolls. */
export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className="min-h-0 flex-1 overflow-y-auto px-6 pt-1 pb-5">{children}</div>
}

/** The buttons of a dialog; the one that does it stands last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="flex items-center justify-end gap-2 border-t border-line px-6 py-3.5">{children}</div>
}
