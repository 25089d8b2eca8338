import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import type { ItemDraft } from './item-draft.ts'
import { otpauthNames } from './otpauth-names.ts'

type SeedFieldProps = {
  readonly draft: ItemDraft
  readonly set: (part: Partial<ItemDraft>) => void
  readonly item: ItemOverview | null
  readonly problem: string | undefined
}

/** The seed of one-time codes; a whole address also fills in whose codes they are. Those of a login can be taken away. */
export function SeedField({ draft, set, item, problem }: SeedFieldProps) {
  const isThere = item?.hasTotp === true
  const take = (seed: string) => {
    const names = item === null ? otpauthNames(seed) : null
    set({
      seed,
      ...(names !== null && draft.name === '' && { name: names.issuer }),
      ...(names !== null && draft.userName === '' && { userName: names.account }),
    })
  }
  if (draft.dropSeed) {
    return (
      <div className="flex items-center gap-3 rounded-lg bg-danger-soft px-3 py-2 text-13">
        <p className="min-w-0 flex-1">The one-time codes are removed when you save.</p>
        <Button size="sm" onClick={() => set({ dropSeed: false })}>
          Keep them
        </Button>
      </div>
    )
  }
  return (
    <div>
      <PasswordField
        label={draft.kind === 'totp' ? 'Seed' : 'Seed of one-time codes, if it has them'}
        value={draft.seed}
        onChange={take}
        problem={problem}
        hint="The otpauth:// address or the base32 seed that the sign-in page shows beside its QR code."
        placeholder={isThere ? 'Leave empty to keep it as it is' : 'otpauth://totp/…'}
      />
      {isThere && draft.kind === 'login' && (
        <Button size="sm" variant="ghost" className="-ml-2.5" onClick={() => set({ dropSeed: true, seed: '' })}>
          Remove the one-time codes
        </Button>
      )}
    </div>
  )
}
