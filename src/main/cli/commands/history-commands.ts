import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { SecretField } from '../../../shared/models/item.ts'
import { contextOf, type Context, type Result } from '../context.ts'
import { callCore, together } from '../core-link.ts'
import { moment, plain, table } from '../table.ts'
import { parseWholeNumber } from '../whole-number.ts'
import { findItem, sameName } from './find-item.ts'

/** `item history | restore-version`. */
export function addHistoryCommands(item: Command): void {
  item
    .command('history <item>')
    .description('list the last ten earlier versions, without their secrets')
    .option('--reveal <version>', 'print a field of this version; this is written to the audit log')
    .option('--field <field>', 'which field: secret, notes, totp or the name of a field of your own', 'secret')
    .action(async (given: string, options: { reveal?: string; field: string }, command: Command) => {
      const context = contextOf(command)
      const result = await together(context, async (link): Promise<Result> => {
        const { id } = await findItem(link, given)
        if (options.reveal !== undefined) {
          const revision = parseWholeNumber(options.reveal, '--reveal')
          const field = await fieldOfVersion(link, { id, revision }, options.field)
          const value = await callCore(link, 'items.reveal', { id, field, revision })
          return [{ [options.field]: value }, `${plain(options.field)}: ${value}`]
        }
        const versions = await callCore(link, 'items.history', { id })
        const rows = versions.map((version) => [
          String(version.revision),
          moment(version.savedAtMs),
          version.changed.map((part) => partWords[part]).join(', '),
        ])
        return [
          versions,
          rows.length === 0 ? 'No earlier versions.' : table(['version', 'saved', 'changed after it'], rows),
        ]
      })
      context.print(...result)
    })

  item
    .command('restore-version <item> <version>')
    .description('give an item the content of an earlier version again; what it has now stays in the history')
    .action(async (given: string, version: string, _options, command: Command) => {
      const context = contextOf(command)
      const result = await together(context, async (link): Promise<Result> => {
        const { id } = await findItem(link, given)
        const restored = await callCore(link, 'items.restoreVersion', {
          id,
          revision: parseWholeNumber(version, 'restore-version'),
        })
        return [restored, `${plain(restored.name)} is as it was in version ${version}.`]
      })
      context.print(...result)
    })
}

/** A field by the name it had in an earlier version: it may be gone, or be called otherwise, since. Throws AppError not_found. */
async function fieldOfVersion(
  context: Context,
  { id, revision }: { readonly id: string; readonly revision: number },
  name: string,
): Promise<SecretField> {
  const usual = SecretField.safeParse(name)
  if (usual.success) return usual.data
  const version = (await callCore(context, 'items.history', { id })).find((one) => one.revision === revision)
  const found = version?.sealed.find((part) => part.name !== null && sameName(part.name, name))
  if (found !== undefined) return found.field
  throw new AppError('not_found', `Version ${revision} has no field ${plain(name)} with something in it.`, {
    hint: 'See `clawkeep item history`.',
  })
}

const partWords = {
  secret: 'secret',
  notes: 'notes',
  totp: 'one-time codes',
  fields: 'fields',
  hosts: 'hosts',
  userName: 'user name',
} as const
