import { Field as Base } from '@base-ui/react/field'
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { cn } from '../../lib/class-names.ts'
import { inputClass } from './field.tsx'

type CoveredAreaProps = {
  /** Names the buttons: “Show private key”. */
  readonly label: string
  /** Also names the text; without it a label around this does. */
  readonly named?: boolean
  readonly value: string
  readonly onChange: (value: string) => void
  /** False shows the text as it is, without a button. */
  readonly covered: boolean
  readonly rows?: number
  readonly placeholder?: string
  readonly maxLength?: number
}

/** Text of any number of lines that is covered while it is typed: a line field would drop the line breaks of a pasted key. */
export function CoveredArea(props: CoveredAreaProps) {
  const { label, named = false, value, onChange, covered, rows = 1, placeholder, maxLength } = props
  const [shown, setShown] = useState(false)
  return (
    <div className="relative">
      <Base.Control
        value={value}
        onValueChange={onChange}
        {...(named ? { 'aria-label': label } : {})}
        render={
          <textarea rows={rows} placeholder={placeholder} maxLength={maxLength} autoComplete="off" spellCheck={false} />
        }
        className={cn(
          inputClass,
          'block field-sizing-content max-h-48 min-h-9 resize-none py-2 pl-3 font-mono text-12',
          covered ? 'pr-10' : 'pr-3',
          covered && !shown && value !== '' && '[-webkit-text-security:disc]',
        )}
      />
      {covered && (
        <button
          type="button"
          aria-label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          onClick={() => setShown(!shown)}
          className="absolute top-1 right-1 flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
        >
          {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
        </button>
      )}
    </div>
  )
}
