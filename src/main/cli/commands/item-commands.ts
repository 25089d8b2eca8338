import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { ItemKind, itemKinds } from '../../../shared/models/item.ts'
import { contextOf, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readSecretFile, readTextFile } from '../read-input.ts'
import { moment, plain, table } from '../table.ts'

type ItemOptions = {
  kind?: string
  name?: string
  host?: Array<string>
  userName?: string
  valueFile?: string
  notesFile?: string
}

/** `item add | list | show | edit | remove`; an item is named by its id or by its exact name. */
export function addItemCommands(program: Command): void {
  const item = program.command('item').description('items of the vault')
  const fields = (command: Command): Command =>
    command
      .option('--host <host...>', 'host the secret may be sent to, such as api.github.com')
      .option('--user-name <name>', 'user name')
      .option('--value-file <file>', 'file that holds the secret; - for standard input')
      .option('--notes-file <file>', 'file that holds notes')

  fields(item.command('add').description('add an item'))
    .requiredOption('--kind <kind>', itemKinds.join(' or '))
    .requiredOption('--name <name>', 'name, also used as {{secret:NAME}}')
    .action(async (options: ItemOptions & { kind: string; name: string }, command: Command) => {
      const context = contextOf(command)
      const kind = ItemKind.safeParse(options.kind)
      if (!kind.success)
        throw new AppError('invalid', `“${options.kind}” is not a kind.`, {
          hint: `The kinds are ${itemKinds.join(', ')}.`,
        })
      if (options.valueFile === undefined)
        throw new AppError('invalid', 'The secret is missing.', { hint: 'Add --value-file FILE.' })
      const made = await callCore(context, 'items.add', {
        kind: kind.data,
        name: options.name,
        hosts: options.host ?? [],
        userName: options.userName ?? '',
        secret: readSecretFile(options.valueFile),
        notes: options.notesFile === undefined ? '' : readTextFile(options.notesFile),
      })
      context.print(made, `Added ${plain(made.name)} (${made.id}).`)
    })

  item
    .command('list')
    .description('list the items, without their secrets')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const items = await callCore(context, 'items.list')
      const rows = items.map((entry) => [
        entry.id,
        entry.kind,
        entry.name,
        entry.hosts.join(','),
        moment(entry.updatedAtMs),
      ])
      context.print(
        items,
        rows.length === 0 ? 'No items yet.' : table(['id', 'kind', 'name', 'hosts', 'changed'], rows),
      )
    })

  item
    .command('show <item>')
    .description('show one item; its secret only with --reveal')
    .option('--reveal', 'print the secret too; this is written to the audit log')
    .action(async (given: string, options: { reveal?: boolean }, command: Command) => {
      const context = contextOf(command)
      const found = await findItem(context, given)
      const secret =
        options.reveal === true ? await callCore(context, 'items.reveal', { id: found.id, field: 'secret' }) : undefined
      context.print(
        { ...found, ...(secret === undefined ? {} : { secret }) },
        [
          `${plain(found.name)} (${found.kind}, ${found.id})`,
          `hosts: ${found.hosts.join(', ') || 'none'}`,
          `user name: ${plain(found.userName) || 'none'}`,
          `changed: ${moment(found.updatedAtMs)}`,
          ...(secret === undefined ? [] : [`secret: ${secret}`]),
        ].join('\n'),
      )
    })

  fields(item.command('edit <item>').description('change fields of an item'))
    .option('--name <name>', 'new name')
    .action(async (given: string, options: ItemOptions, command: Command) => {
      const context = contextOf(command)
      const { id } = await findItem(context, given)
      const patch = {
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.host === undefined ? {} : { hosts: options.host }),
        ...(options.userName === undefined ? {} : { userName: options.userName }),
        ...(options.valueFile === undefined ? {} : { secret: readSecretFile(options.valueFile) }),
        ...(options.notesFile === undefined ? {} : { notes: readTextFile(options.notesFile) }),
      }
      if (Object.keys(patch).length === 0)
        throw new AppError('invalid', 'There is nothing to change.', { hint: 'Give at least one field.' })
      const changed = await callCore(context, 'items.edit', { id, patch })
      context.print(changed, `Changed ${plain(changed.name)}.`)
    })

  item
    .command('remove <item>')
    .description('remove an item for good')
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(command)
      const { id, name } = await findItem(context, given)
      await callCore(context, 'items.remove', { id })
      context.print({ removed: id }, `Removed ${plain(name)}.`)
    })
}

async function findItem(context: Context, given: string) {
  const items = await callCore(context, 'items.list')
  const found = items.find((entry) => entry.id === given) ?? items.find((entry) => entry.name === given)
  if (found === undefined)
    throw new AppError('not_found', `There is no item ${plain(given)}.`, { hint: 'See `clawkeep item list`.' })
  return found
}
