import { Toast } from '@base-ui/react/toast'
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { buttonClass } from './button.tsx'
import { toasts } from './toasts.ts'

/** Says shortly what has just happened, at the top where no button is; it takes no focus. */
export function Toaster() {
  return (
    <Toast.Provider toastManager={toasts} limit={3} timeout={5_000}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label="Messages"
          className="fixed top-3 left-1/2 z-30 flex w-90 max-w-[calc(100vw-2.5rem)] -translate-x-1/2 flex-col gap-2"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager()
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={[]}
      className="rounded-lg bg-raised shadow-raised transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-2.5 py-2.5 pr-2 pl-3 text-13">
        {toast.type === 'problem' ? (
          <CircleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />
        ) : (
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-ok" aria-hidden />
        )}
        <div className="min-w-0 flex-1 wrap-anywhere">
          <Toast.Title render={<p />} className="font-medium" />
          <Toast.Description className="text-ink-muted" />
        </div>
        <Toast.Action className={buttonClass('secondary', 'sm', 'mt-px')} />
        <Toast.Close
          aria-label="Dismiss"
          // The library hides it while messages are stacked; ours stand below each other.
          aria-hidden={false}
          className="flex size-6 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
        >
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}
