import { Field as Base } from '@base-ui/react/field'
import { X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { AllowedHost } from '../../../../shared/models/item.ts'
import { Field, inputClass } from '../../components/ui/field.tsx'
import { cn } from '../../lib/class-names.ts'

type HostsFieldProps = {
  readonly hosts: ReadonlyArray<string>
  readonly onChange: (hosts: ReadonlyArray<string>) => void
  /** What is typed and not yet added; kept by the form so that saving does not lose it. */
  readonly text: string
  readonly onText: (text: string) => void
  readonly problem: string | undefined
}

/** The hosts a secret may be sent to: typed one by one, each checked when it is added. A pasted address is cut to its host. */
export function HostsField({ hosts, onChange, text, onText, problem }: HostsFieldProps) {
  const [wrong, setWrong] = useState<string | undefined>(undefined)

  const take = (written: string): boolean => {
    const checked = writtenHosts(written).map((host) => AllowedHost.safeParse(host))
    const bad = checked.find((result) => !result.success)
    if (bad !== undefined) {
      setWrong(bad.error?.issues[0]?.message ?? 'That is not a host name.')
      return false
    }
    setWrong(undefined)
    onText('')
    onChange([...new Set([...hosts, ...checked.flatMap((result) => (result.success ? [result.data] : []))])])
    return true
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (['Enter', ',', ' '].includes(event.key) && text.trim() !== '') {
      event.preventDefault()
      take(text)
    } else if (event.key === 'Backspace' && text === '') {
      onChange(hosts.slice(0, -1))
    }
  }

  return (
    <Field
      label="May be sent to"
      hint="Host names such as api.github.com or *.example.com. The secret goes nowhere else."
      problem={wrong ?? problem}
    >
      <div className={cn(inputClass, 'flex flex-wrap gap-1.5 p-1.5 focus-within:border-accent')}>
        {hosts.map((host) => (
          <span
            key={host}
            className="flex max-w-full items-center gap-1 rounded-md bg-hover py-0.5 pr-0.5 pl-2 font-mono text-12"
          >
            <span className="truncate">{host}</span>
            <button
              type="button"
              aria-label={`Remove ${host}`}
              onClick={() => onChange(hosts.filter((other) => other !== host))}
              className="flex size-5 items-center justify-center rounded-sm text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
        <Base.Control
          value={text}
          onValueChange={onText}
          onKeyDown={onKeyDown}
          onBlur={() => text.trim() !== '' && take(text)}
          autoComplete="off"
          spellCheck={false}
          placeholder={hosts.length === 0 ? 'api.github.com' : ''}
          className="h-6 min-w-40 flex-1 bg-transparent px-1.5 font-mono text-13 outline-none"
        />
      </div>
    </Field>
  )
}

/** The hosts in what was typed: separated by spaces or commas, each cut out of its address. */
export function writtenHosts(written: string): ReadonlyArray<string> {
  return written
    .split(/[\s,]+/)
    .map(hostOf)
    .filter((host) => host !== '')
}

/** The host of what was typed or pasted, which may be a whole address. */
function hostOf(written: string): string {
  return written.replace(/^[a-z+]+:\/\//i, '').replace(/[/?#].*$/, '')
}
