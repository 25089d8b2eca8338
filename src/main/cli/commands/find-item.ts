import { AppError } from '../../../shared/app-error.ts'
import type { ItemOverview } from '../../../shared/models/item.ts'
import type { Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { plain } from '../table.ts'

/** An item by its id or its exact name. Throws AppError not_found. */
export async function findItem(context: Context, given: string): Promise<ItemOverview> {
  const items = await callCore(context, 'items.list')
  const found = items.find((entry) => entry.id === given) ?? items.find((entry) => sameName(entry.name, given))
  if (found === undefined)
    throw new AppError('not_found', `There is no item ${plain(given)}.`, { hint: 'See `clawkeep item list`.' })
  return found
}

/** Whether two names are the same, however their accents are written: a terminal or a file system may take letters apart (NFD). */
export function sameName(one: string, other: string): boolean {
  return one.normalize('NFC') === other.normalize('NFC')
}
