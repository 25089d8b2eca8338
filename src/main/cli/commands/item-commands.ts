import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { dayOf } from '../../../shared/calendar-day.ts'
import { itemTexts } from '../../../shared/item-search.ts'
import { itemKinds, type ItemOverview, type ItemView } from '../../../shared/models/item.ts'
import { createSearchIndex, search } from '../../../shared/search.ts'
import { contextOf, printTogether } from '../context.ts'
import { callCore } from '../core-link.ts'
import { bytes } from '../sizes.ts'
import { moment, plain, plainLines, table } from '../table.ts'
import { addFileCommands } from './file-commands.ts'
import { chooseField, fieldChoices, revealedLine, revealedValue, type Revealable } from './choose-field.ts'
import { findItem, sameName } from './find-item.ts'
import { editedFields, givenFields, ownFields, readKind, withFields, type ItemOptions } from './item-fields.ts'
import { addHistoryCommands } from './history-commands.ts'

/** `item add | list | show | code | edit | remove`, history and files; an item is named by its id or by its exact name. */
export function addItemCommands(program: Command): void {
  const item = program.command('item').description('items of the vault')

  withFields(item.command('add').description('add an item; an SSH key without --value-file is generated (Ed25519)'))
    .requiredOption('--kind <kind>', itemKinds.join(', '))
    .requiredOption('--name <name>', 'name, also used as {{secret:NAME}}')
    .action(async (options: ItemOptions & { kind: string; name: string }, command: Command) => {
      const context = contextOf(command)
      const made = await callCore(context, 'items.add', {
        kind: readKind(options.kind),
        name: options.name,
        ...givenFields(options),
        fields: ownFields(options),
      })
      context.print(made, [`Added ${plain(made.name)} (${made.id}).`, ...publicKeyLines(made)].join('\n'))
    })

  item
    .command('list')
    .description('list the items, without their secrets')
    .option('--search <text>', 'only with all these words in name, user name, hosts, tags, kind or names of own fields')
    .option('--kind <kind>', 'only this kind', readKind)
    .option('--tag <tag>', 'only with this tag')
    .option('--favourites', 'only favourites')
    .option('--due', 'only what expired, expires soon or is to be changed')
    .action(async (options: ListOptions, command: Command) => {
      const context = contextOf(command)
      const { items: all, damaged } = await callCore(context, 'items.inventory')
      const wanted = all.filter((entry) => isWanted(entry, options))
      const items = options.search === undefined ? wanted : search(createSearchIndex(wanted, itemTexts), options.search)
      const rows = items.map((entry) => [
        entry.id,
        entry.kind,
        entry.favourite ? `* ${entry.name}` : entry.name,
        entry.hosts.join(','),
        entry.tags.join(','),
        entry.due === null ? '' : dueWords[entry.due],
        moment(entry.updatedAtMs),
      ])
      const headers = ['id', 'kind', 'name', 'hosts', 'tags', 'due', 'changed']
      context.print(items, rows.length === 0 ? 'No items here.' : table(headers, rows))
      if (damaged > 0)
        process.stderr.write(
          `${damaged === 1 ? '1 item does' : `${damaged} items do`} not open: run clawkeep vault doctor\n`,
        )
    })

  item
    .command('show <item>')
    .description('show one item; its secret only with --reveal')
    .option(
      '--reveal',
      'print the secret too; this is written to the audit log. With --json a field of your own stands in `revealed`',
    )
    .option('--field <field>', `what --reveal prints: ${fieldChoices}`)
    .action(async (given: string, options: { reveal?: boolean; field?: string }, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id } = await findItem(link, given)
        const found = await callCore(link, 'items.get', { id })
        if (options.reveal !== true) return [found, describe(found).join('\n')]
        const chosen = chooseField(options.field, revealableOf(found))
        const value = await callCore(link, 'items.reveal', { id, field: chosen.field })
        return [
          { ...found, ...revealedValue(chosen, value) },
          [...describe(found), revealedLine(chosen, value)].join('\n'),
        ]
      })
    })

  item
    .command('code <item>')
    .description('print the one-time code of now, never its seed; audited')
    .action(async (given: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id } = await findItem(link, given)
        const code = await callCore(link, 'items.code', { id })
        return [code, `${code.code} (${code.secondsLeft} s left)`]
      })
    })

  withFields(item.command('edit <item>').description('change fields of an item'))
    .option('--name <name>', 'new name')
    .option('--no-favourite', 'no favourite any more')
    .option('--drop-field <name...>', 'take away a field of your own')
    .action(async (given: string, options: ItemOptions, command: Command) => {
      const context = contextOf(command)
      await context.password()
      // Read before the home is taken: they may come from a pipe.
      const values = { ...(options.name !== undefined && { name: options.name }), ...givenFields(options) }
      const [fields, dropped] = [ownFields(options), options.dropField ?? []]
      await printTogether(context, async (link) => {
        const { id } = await findItem(link, given)
        const patch =
          fields.length === 0 && dropped.length === 0
            ? values
            : { ...values, fields: editedFields(await callCore(link, 'items.get', { id }), fields, dropped) }
        if (Object.keys(patch).length === 0)
          throw new AppError('invalid', 'There is nothing to change.', { hint: 'Give at least one field.' })
        const changed = await callCore(link, 'items.edit', { id, patch })
        return [changed, `Changed ${plain(changed.name)}.`]
      })
    })

  item
    .command('remove <item>')
    .description('put an item into the trash, where it stays for 30 days')
    .action(async (given: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id, name } = await findItem(link, given)
        await callCore(link, 'items.remove', { id })
        return [{ removed: id }, `${plain(name)} is in the trash.`]
      })
    })

  addHistoryCommands(item)
  addFileCommands(item)
}

type ListOptions = {
  readonly search?: string
  readonly kind?: string
  readonly tag?: string
  readonly favourites?: boolean
  readonly due?: boolean
}

function isWanted(item: ItemOverview, { kind, tag, favourites, due }: ListOptions): boolean {
  return (
    (kind === undefined || item.kind === kind) &&
    (tag === undefined || item.tags.some((one) => sameName(one, tag))) &&
    (favourites !== true || item.favourite) &&
    (due !== true || item.due !== null)
  )
}

const dueWords = {
  expired: 'expired',
  rotate: 'to be changed',
  'expires-soon': 'expires soon',
  'rotate-soon': 'to be changed soon',
} as const

function revealableOf({ sealed, hasTotp, fields }: ItemView): Revealable {
  return {
    usual: hasTotp ? [...sealed, 'totp'] : sealed,
    own: fields.map(({ id, name }) => ({ field: `field:${id}`, name })),
  }
}

function describe(item: ItemView): ReadonlyArray<string> {
  return [
    `${plain(item.name)} (${item.kind}, ${item.id})`,
    `hosts: ${item.hosts.join(', ') || 'none'}`,
    `user name: ${plain(item.userName) || 'none'}`,
    ...publicKeyLines(item),
    ...(item.hasTotp ? ['one-time codes: clawkeep item code'] : []),
    ...item.fields.map(({ name, value }) => `${plain(name)}: ${value === null ? 'hidden' : plainLines(value)}`),
    ...item.fileList.map((file) => `file: ${plain(file.name)} (${bytes(file.bytes)}, ${file.id})`),
    ...(item.tags.length > 0 ? [`tags: ${item.tags.map(plain).join(', ')}`] : []),
    ...(item.favourite ? ['favourite: yes'] : []),
    ...(item.expiresAtMs === null ? [] : [`expires: ${dayOf(item.expiresAtMs)}`]),
    ...(item.rotateByMs === null ? [] : [`change it by: ${dayOf(item.rotateByMs)}`]),
    ...(item.due === null ? [] : [`due: ${dueWords[item.due]}`]),
    ...(item.versions > 0 ? [`earlier versions: ${item.versions}`] : []),
    `changed: ${moment(item.updatedAtMs)}`,
  ]
}

function publicKeyLines({ publicKey, fingerprint }: ItemOverview): ReadonlyArray<string> {
  return publicKey === null ? [] : [`public key: ${plain(publicKey)}`, `fingerprint: ${fingerprint ?? ''}`]
}
