import { CoveredArea } from '../../components/ui/covered-area.tsx'
import { Field } from '../../components/ui/field.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { TileChoice } from '../../components/ui/tile-choice.tsx'
import { useGenerator } from '../generate/use-generator.tsx'
import type { ItemDraft } from './item-draft.ts'
import { kindLooks } from './item-kind.ts'

type SecretFieldProps = {
  readonly draft: ItemDraft
  readonly set: (part: Partial<ItemDraft>) => void
  readonly isNew: boolean
  readonly problem: string | undefined
}

const keep = 'Leave empty to keep it as it is'

const sshWays = [
  { value: 'make', title: 'Make a new one', meaning: 'Ed25519, made on this computer' },
  { value: 'paste', title: 'Paste one', meaning: 'A private key you have' },
] as const

/** The secret of an item: a line, or the text of a private key, which can be made here as well. */
export function SecretField({ draft, set, isNew, problem }: SecretFieldProps) {
  const { secretName } = kindLooks[draft.kind]
  const generator = useGenerator({ onUse: (secret) => set({ secret }) })
  if (secretName === null) return null
  if (draft.kind !== 'ssh-key') {
    return (
      <PasswordField
        label={secretName}
        value={draft.secret}
        onChange={(secret) => set({ secret })}
        problem={problem}
        beside={generator}
        {...(isNew ? {} : { placeholder: keep })}
      />
    )
  }
  return (
    <>
      {isNew && (
        <TileChoice label="The key" value={draft.sshKey} onChange={(sshKey) => set({ sshKey })} choices={sshWays} />
      )}
      {draft.sshKey === 'paste' && (
        <Field
          label={secretName}
          hint="OpenSSH or PEM: Ed25519, RSA or ECDSA. A passphrase on an OpenSSH key stays on it."
          problem={problem}
        >
          <CoveredArea
            label={secretName}
            covered
            value={draft.secret}
            onChange={(secret) => set({ secret })}
            rows={3}
            placeholder={isNew ? '-----BEGIN OPENSSH PRIVATE KEY-----' : keep}
          />
        </Field>
      )}
    </>
  )
}
