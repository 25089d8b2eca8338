import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { buttonClass } from '../components/ui/button.tsx'
import { cn } from '../lib/class-names.ts'
import { isTyping, useKeys } from '../lib/shortcuts.ts'

type ListDetailProps = {
  readonly list: ReactNode
  /** What is open at the right; null: nothing. */
  readonly detail: ReactNode | null
  readonly onClose: () => void
  readonly wide?: boolean
}

/** A list that takes the page, and beside it what was opened in it. Esc closes. */
export function ListDetail({ list, detail, onClose, wide = false }: ListDetailProps) {
  const open = detail !== null
  useKeys((event) => {
    if (event.key !== 'Escape' || !open || isTyping(event)) return
    event.preventDefault()
    onClose()
  })
  return (
    <div className="flex min-h-0 flex-1">
      <div className="@container flex min-w-0 flex-1 flex-col">{list}</div>
      {open && (
        <aside
          aria-label="Details"
          className={cn(
            'flex shrink-0 animate-slide-in flex-col border-l border-line bg-surface',
            wide ? 'w-[min(54%,34rem)]' : 'w-[min(50%,26rem)]',
          )}
        >
          {detail}
        </aside>
      )}
    </div>
  )
}

type DetailProps = {
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  /** What stands beside the name, such as the star of a favourite. */
  readonly mark?: ReactNode
  readonly onClose: () => void
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** The frame of an opened entry: what it is, its facts, and at the bottom what can be done with it. */
export function Detail({ title, subtitle, mark, onClose, actions, children }: DetailProps) {
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    body.current?.scrollTo({ top: 0 })
  }, [title])
  return (
    <>
      <div className="flex items-start gap-1 px-5 pt-4 pb-3">
        <div className="min-w-0 flex-1">
          <h2 className="selectable text-16 font-semibold wrap-anywhere">{title}</h2>
          {subtitle !== undefined && <div className="mt-0.5 text-13 text-ink-muted wrap-anywhere">{subtitle}</div>}
        </div>
        {mark}
        <button
          type="button"
          aria-label="Close details"
          title="Close (Esc)"
          onClick={onClose}
          className={buttonClass('ghost', 'icon', '-mt-1 -mr-2')}
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      {/* Focusable, so that the keyboard can scroll it. */}
      <div
        ref={body}
        tabIndex={0}
        role="region"
        aria-label="Facts"
        className="relative min-h-0 flex-1 overflow-y-auto px-5 pb-5 outline-offset-[-2px]"
      >
        {children}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2 border-t border-line px-5 py-3">{actions}</div>}
    </>
  )
}

/** One fact of an entry: its name above, its value below. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="border-t border-line/60 py-2.5 first:border-t-0">
      <dt className="text-12 text-ink-muted">{name}</dt>
      <dd className="selectable mt-0.5 text-14 wrap-anywhere">{children}</dd>
    </div>
  )
}

/** The line above a list: search at the left, filters at the right. */
export function ListTools({ children }: { readonly children: ReactNode }) {
  return <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-6 py-2.5">{children}</div>
}
