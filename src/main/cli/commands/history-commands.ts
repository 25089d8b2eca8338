import type { Command } from 'commander'
import { contextOf, printTogether, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, plain, table } from '../table.ts'
import { parseWholeNumber } from '../whole-number.ts'
import { chooseField, fieldChoices, revealedLine, revealedValue, type Revealable } from './choose-field.ts'
import { findItem } from './find-item.ts'

/** `item history | restore-version`. */
export function addHistoryCommands(item: Command): void {
  item
    .command('history <item>')
    .description('list the last ten earlier versions, without their secrets')
    .option(
      '--reveal <version>',
      'print a field of this version; this is written to the audit log. With --json a field of your own stands in `revealed`',
    )
    .option('--field <field>', `what --reveal prints: ${fieldChoices}`)
    .action(async (given: string, options: { reveal?: string; field?: string }, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id } = await findItem(link, given)
        if (options.reveal !== undefined) {
          const revision = parseWholeNumber(options.reveal, '--reveal')
          const chosen = chooseField(options.field, await revealableOf(link, { id, revision }))
          const value = await callCore(link, 'items.reveal', { id, field: chosen.field, revision })
          return [revealedValue(chosen, value), revealedLine(chosen, value)]
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
    })

  item
    .command('restore-version <item> <version>')
    .description('give an item the content of an earlier version again; what it has now stays in the history')
    .action(async (given: string, version: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id } = await findItem(link, given)
        const restored = await callCore(link, 'items.restoreVersion', {
          id,
          revision: parseWholeNumber(version, 'restore-version'),
        })
        return [restored, `${plain(restored.name)} is as it was in version ${version}.`]
      })
    })
}

/** Fields by the names they had in an earlier version: they may be gone, or be called otherwise, since. */
async function revealableOf(
  context: Context,
  { id, revision }: { readonly id: string; readonly revision: number },
): Promise<Revealable> {
  const version = (await callCore(context, 'items.history', { id })).find((one) => one.revision === revision)
  const sealed = version?.sealed ?? []
  return {
    usual: sealed.flatMap(({ field, name }) => (name === null ? [field] : [])),
    own: sealed.flatMap(({ field, name }) => (name === null ? [] : [{ field, name }])),
  }
}

const partWords = {
  secret: 'secret',
  notes: 'notes',
  totp: 'one-time codes',
  fields: 'fields',
  hosts: 'hosts',
  userName: 'user name',
} as const
