import { type ReactNode, useRef, useState } from 'react'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { StrengthBar } from '../../components/ui/strength-bar.tsx'
import { useStrength } from '../../lib/use-strength.ts'
import { useGenerator } from '../generate/use-generator.tsx'
import { describeStrength, minPasswordChars } from './password-strength.ts'

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
  // The first field alone: a password that was not typed once more by hand opens nothing tomorrow.
  const generator = useGenerator({ kind: 'phrase', off, onUse: setPassword })
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
          beside={generator}
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

function StrengthLine({ password }: { readonly password: string }) {
  const { level, words } = describeStrength(password, useStrength(password))
  return (
    <div className="mt-2">
      <StrengthBar level={level}>{words}</StrengthBar>
    </div>
  )
}
