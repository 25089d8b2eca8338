import { type ReactNode, useRef, useState } from 'react'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { cn } from '../../lib/class-names.ts'
import { minPasswordChars, passwordStrength } from './password-strength.ts'

type NewPassword = {
  readonly fields: ReactNode
  /** The password when it is long enough and typed twice the same; else null, and the focus is where something is wrong. */
  readonly take: () => string | null
}

/** A new password, typed twice, with how strong it is. */
export function useNewPassword({
  label,
  off,
  autoFocus = false,
}: {
  label: string
  off: boolean
  autoFocus?: boolean
}): NewPassword {
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  const second = useRef<HTMLInputElement>(null)
  const tooShort = [...password].length < minPasswordChars
  const differs = again !== password

  const take = (): string | null => {
    setTried(true)
    if (tooShort) first.current?.focus()
    else if (differs) second.current?.focus()
    else return password
    return null
  }
  const fields = (
    <>
      <div>
        <PasswordField
          label={label}
          value={password}
          onChange={setPassword}
          autoFocus={autoFocus}
          inputRef={first}
          off={off}
          problem={tried && tooShort ? `Use at least ${minPasswordChars} characters.` : undefined}
        />
        <StrengthLine password={password} />
      </div>
      <PasswordField
        label={`${label} again`}
        value={again}
        onChange={setAgain}
        inputRef={second}
        off={off}
        problem={tried && !tooShort && differs ? 'The two passwords are not the same.' : undefined}
      />
    </>
  )
  return { fields, take }
}

const barTones = ['bg-danger', 'bg-danger', 'bg-wait', 'bg-ok'] as const

function StrengthLine({ password }: { readonly password: string }) {
  const { level, words } = passwordStrength(password)
  return (
    <div className="mt-2 flex items-center gap-3 text-12 text-ink-muted">
      <div className="flex w-24 shrink-0 gap-1" aria-hidden>
        {[1, 2, 3].map((step) => (
          <span key={step} className={cn('h-1 flex-1 rounded-full', level >= step ? barTones[level] : 'bg-line')} />
        ))}
      </div>
      <span aria-live="polite">{password === '' ? `At least ${minPasswordChars} characters` : words}</span>
    </div>
  )
}
