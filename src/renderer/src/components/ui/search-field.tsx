import { Search } from 'lucide-react'
import { useRef } from 'react'
import { cn } from '../../lib/class-names.ts'
import { isTyping, useKeys } from '../../lib/shortcuts.ts'
import { inputClass } from './field.tsx'
import { Kbd } from './kbd.tsx'

type SearchFieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Where arrow down goes: into the list below. */
  readonly onLeave?: () => void
  readonly className?: string
}

/** The search of a page: `/` goes there, Esc empties it, arrow down goes to the list. */
export function SearchField({ label, value, onChange, onLeave, className }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  useKeys((event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    event.preventDefault()
    input.current?.select()
    input.current?.focus()
  })
  return (
    <div className={cn('relative', className)}>
      <Search size={15} aria-hidden className="pointer-events-none absolute top-2 left-2.5 text-ink-muted" />
      <input
        ref={input}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.preventDefault()
            onChange('')
          } else if (event.key === 'ArrowDown' && onLeave !== undefined) {
            event.preventDefault()
            onLeave()
          }
        }}
        className={cn(inputClass, 'peer h-8 pr-9 pl-8 text-13')}
      />
      <Kbd className="pointer-events-none absolute top-1.5 right-2 peer-focus:hidden">/</Kbd>
    </div>
  )
}
