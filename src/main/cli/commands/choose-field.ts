import { AppError } from '../../../shared/app-error.ts'
import type { SecretField } from '../../../shared/models/item.ts'
import { plain } from '../table.ts'
import { sameName } from './find-item.ts'

const usualParts = ['secret', 'notes', 'totp'] as const
type UsualPart = (typeof usualParts)[number]

/** What an item, or an earlier version of it, has to reveal. */
export type Revealable = {
  /** Those that hold something. */
  readonly usual: ReadonlyArray<SecretField>
  readonly own: ReadonlyArray<{ readonly field: SecretField; readonly name: string }>
}

/** A part to reveal; `ownName` of a field the person added, else null. */
export type ChosenField = { readonly field: SecretField; readonly ownName: string | null }

/** The words of `--field`, for the help of a command. */
export const fieldChoices =
  'secret (which it is without this), notes, totp (the seed) or the name of a field of your own; part:NAME or field:ID where both are called so'

/**
 * What `--field` means: a usual part that holds something, else the field of the person's own of that name, else the usual part, which is
 * empty. Without `given` the secret. Throws AppError conflict when two are meant, not_found.
 */
export function chooseField(given: string | undefined, { usual, own }: Revealable): ChosenField {
  const name = given ?? 'secret'
  const exact = own.find(({ field }) => field === name)
  if (exact !== undefined) return { field: exact.field, ownName: exact.name }
  const part = usualParts.find((one) => one === name || partWord(one) === name)
  const named = own.find((one) => sameName(one.name, name))
  const isPart = part !== undefined && (usual.includes(part) || name === partWord(part) || named === undefined)
  if (isPart && named !== undefined && given === part) {
    throw new AppError('conflict', `A field of your own is called ${part} too.`, {
      hint: `Use --field ${partWord(part)} or --field ${named.field}.`,
    })
  }
  if (isPart) return { field: part, ownName: null }
  if (named !== undefined) return { field: named.field, ownName: named.name }
  throw new AppError('not_found', `There is no field ${plain(name)} with something in it.`, {
    hint: 'See `clawkeep item show` and `clawkeep item history`.',
  })
}

/** A revealed value for `--json`: fields of the person's own may be called like anything else that stands there. */
export function revealedValue({ field, ownName }: ChosenField, value: string): object {
  return ownName === null ? { [field]: value } : { revealed: { name: ownName, value } }
}

/** The same for a person. */
export function revealedLine({ field, ownName }: ChosenField, value: string): string {
  return `${plain(ownName ?? field)}: ${value}`
}

function partWord(part: UsualPart): string {
  return `part:${part}`
}
