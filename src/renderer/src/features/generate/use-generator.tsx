import { WandSparkles } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { besideClass } from '../../components/ui/password-field.tsx'

const GeneratorPopover = lazy(async () => ({ default: (await import('./generator-popover.tsx')).GeneratorPopover }))

/** What is made first; the other kind is one press away. */
export type GeneratedKind = 'password' | 'phrase'

type GeneratorOptions = {
  readonly kind?: GeneratedKind
  readonly off?: boolean
  /** Called with the value when the person takes it. */
  readonly onUse: (value: string) => void
}

/** For a password field: the button that stands in it, and beside the field what makes a value for it. */
export function useGenerator({ kind = 'password', off = false, onUse }: GeneratorOptions): {
  readonly button: ReactNode
  readonly popup: ReactNode
} {
  const [isOpen, setOpen] = useState(false)
  const anchor = useRef<HTMLButtonElement>(null)
  const button = (
    <button
      ref={anchor}
      type="button"
      aria-label="Generate"
      title="Generate…"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      aria-disabled={off || undefined}
      onClick={() => !off && setOpen(true)}
      className={besideClass}
    >
      <WandSparkles size={16} aria-hidden />
    </button>
  )
  const popup = isOpen && (
    <Suspense>
      <GeneratorPopover anchor={anchor} kind={kind} onClose={() => setOpen(false)} onUse={onUse} />
    </Suspense>
  )
  return { button, popup }
}
