import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { TrashedItem } from '../../../shared/models/item.ts'
import { askYes } from '../ask-yes.ts'
import { contextOf, printTogether, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, plain, table } from '../table.ts'
import { sameName } from './find-item.ts'

/** `trash list | restore | erase | empty`; an item is named by its id, or by its exact name while no other there has it. */
export function addTrashCommands(program: Command): void {
  const trash = program.command('trash').description('removed items; each is erased 30 days after it was removed')

  trash
    .command('list')
    .description('list what is in the trash')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const items = await callCore(context, 'trash.list')
      const rows = items.map((item) => [
        item.id,
        item.kind,
        item.name,
        moment(item.trashedAtMs),
        moment(item.erasedAtMs),
      ])
      context.print(
        items,
        rows.length === 0 ? 'The trash is empty.' : table(['id', 'kind', 'name', 'removed', 'erased on'], rows),
      )
    })

  trash
    .command('restore <item>')
    .description('take an item out of the trash, as it was')
    .option('--name <name>', 'under another name')
    .action(async (given: string, options: { name?: string }, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id } = await findTrashed(link, given)
        const item = await callCore(link, 'trash.restore', { id, ...options })
        return [item, `${plain(item.name)} is back.`]
      })
    })

  trash
    .command('erase <item>')
    .description('erase an item of the trash for good, with its history and its files')
    .action(async (given: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id, name } = await findTrashed(link, given)
        await callCore(link, 'trash.erase', { id })
        return [{ erased: id }, `Erased ${plain(name)}.`]
      })
    })

  trash
    .command('empty')
    .description('erase everything in the trash for good')
    .option('--yes', 'do not ask')
    .action(async (options: { yes?: boolean }, command: Command) => {
      const context = contextOf(command)
      if (options.yes !== true) {
        const items = await callCore(context, 'trash.list')
        if (!(await askYes(`Erase ${items.length} ${items.length === 1 ? 'item' : 'items'} for good?`)))
          throw new AppError('cancelled', 'Nothing was erased.')
      }
      const { erased } = await callCore(context, 'trash.empty')
      context.print({ erased }, `Erased ${erased}.`)
    })
}

/** Throws AppError not_found, and conflict when two have the name. */
async function findTrashed(context: Context, given: string): Promise<TrashedItem> {
  const items = await callCore(context, 'trash.list')
  const byId = items.find(({ id }) => id === given)
  const [first, ...others] = byId === undefined ? items.filter(({ name }) => sameName(name, given)) : [byId]
  const hint = 'See `clawkeep trash list`.'
  if (first === undefined) throw new AppError('not_found', `There is no ${plain(given)} in the trash.`, { hint })
  if (others.length > 0)
    throw new AppError('conflict', `Several items in the trash are called ${plain(given)}.`, { hint })
  return first
}
