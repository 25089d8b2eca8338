import { WandSparkles } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { besideClass } from '../../components/ui/password-field.tsx'

const GeneratorPopover = lazy(async () => ({ default: (await import('./generator-popover.tsx')).GeneratorPopover }))

/** What is made first; the other kind is one press away. */
export type GeneratedKind = 'password' | 'phrase'

type GenerateButtonProps = {
  readonly kind?: GeneratedKind
  readonly off?: boolean
  /** Called with the value when the person takes it. */
  readonly onUse: (value: string) => void
}

/** Stands in a password field, and makes what goes into it. */
export function GenerateButton({ kind = 'password', off = false, onUse }: GenerateButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
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
      {isOpen && (
        <Suspense>
          <GeneratorPopover anchor={button} kind={kind} onClose={() => setOpen(false)} onUse={onUse} />
        </Suspense>
      )}
    </>
  )
}
