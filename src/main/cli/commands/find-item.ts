import { AppError } from '../../../shared/app-error.ts'
import { type ItemOverview, type ItemView, SecretField } from '../../../shared/models/item.ts'
import type { Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { plain } from '../table.ts'

/** An item by its id or its exact name. Throws AppError not_found. */
export async function findItem(context: Context, given: string): Promise<ItemOverview> {
  const items = await callCore(context, 'items.list')
  const found = items.find((entry) => entry.id === given) ?? items.find((entry) => entry.name === given)
  if (found === undefined)
    throw new AppError('not_found', `There is no item ${plain(given)}.`, { hint: 'See `clawkeep item list`.' })
  return found
}

/** One of the usual parts, or a field of the person's own by its name. */
export function fieldNamed(item: Pick<ItemView, 'fields'>, name: string): SecretField {
  const usual = SecretField.safeParse(name)
  if (usual.success) return usual.data
  const field = item.fields.find((one) => one.name === name)
  if (field !== undefined) return `field:${field.id}`
  throw new AppError('not_found', `The item has no field ${plain(name)}.`, { hint: 'See `clawkeep item show`.' })
}
