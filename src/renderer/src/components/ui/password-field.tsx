import { Field as Base } from '@base-ui/react/field'
import { Eye, EyeOff } from 'lucide-react'
import { type ReactNode, type RefObject, useState } from 'react'
import { cn } from '../../lib/class-names.ts'
import { Field, inputClass } from './field.tsx'

type PasswordFieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly problem?: string | undefined
  readonly hint?: ReactNode
  readonly placeholder?: string
  readonly autoFocus?: boolean
  readonly off?: boolean
  readonly inputRef?: RefObject<HTMLInputElement | null>
  readonly className?: string
  /** A button of `besideClass`, and what it opens: outside the field, or the controls in there would count as the field's own. */
  readonly beside?: { readonly button: ReactNode; readonly popup: ReactNode }
}

/** The look of a button inside the field. */
export const besideClass =
  'flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink'

/** A covered line of text that can be uncovered while it is typed. */
export function PasswordField({
  label,
  value,
  onChange,
  inputRef,
  off = false,
  placeholder,
  autoFocus,
  beside,
  ...field
}: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  const line = (
    <Field label={label} {...field}>
      <div className="relative">
        <Base.Control
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          type={shown ? 'text' : 'password'}
          value={value}
          onValueChange={onChange}
          readOnly={off}
          autoFocus={autoFocus}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          className={cn(
            inputClass,
            'h-9 pl-3',
            beside === undefined ? 'pr-10' : 'pr-18',
            shown ? 'font-mono text-13' : 'text-14',
          )}
        />
        <div className="absolute top-1 right-1 flex gap-1">
          <button
            type="button"
            aria-label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
            onClick={() => setShown(!shown)}
            className={besideClass}
          >
            {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </button>
          {beside?.button}
        </div>
      </div>
    </Field>
  )
  return (
    <>
      {line}
      {beside?.popup}
    </>
  )
}
