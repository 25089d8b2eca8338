import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { AttachedFile } from '../../../shared/models/item.ts'
import { contextOf, printTogether, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { bytes } from '../sizes.ts'
import { moment, plain, table } from '../table.ts'
import { findItem, sameName } from './find-item.ts'

/** `item attach | files | save | detach`; a file is named by its id or by its exact name. */
export function addFileCommands(item: Command): void {
  item
    .command('attach <item> <file>')
    .description('seal a file of up to 100 MB into the vault; the file itself stays where it is')
    .action(async (given: string, file: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const { id, name } = await findItem(link, given)
        const made = await callCore(link, 'files.attach', { itemId: id, path: resolve(file) })
        return [made, `Attached ${plain(made.name)} (${bytes(made.bytes)}, ${made.id}) to ${plain(name)}.`]
      })
    })

  item
    .command('files <item>')
    .description('list the attached files')
    .action(async (given: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const files = await filesOf(link, given)
        const rows = files.map((file) => [file.id, file.name, bytes(file.bytes), moment(file.addedAtMs)])
        return [files, rows.length === 0 ? 'No files.' : table(['id', 'name', 'size', 'attached'], rows)]
      })
    })

  item
    .command('save <item> <file>')
    .description('write an attached file out, in the clear; audited')
    .requiredOption('--out <path>', 'the file to make; one that is there is not overwritten')
    .action(async (given: string, name: string, options: { out: string }, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const file = fileNamed(await filesOf(link, given), name)
        await callCore(link, 'files.save', { id: file.id, path: resolve(options.out) })
        return [{ saved: resolve(options.out), bytes: file.bytes }, `Saved ${plain(options.out)}.`]
      })
    })

  item
    .command('detach <item> <file>')
    .description('erase an attached file for good')
    .action(async (given: string, name: string, _options, command: Command) => {
      await printTogether(contextOf(command), async (link) => {
        const file = fileNamed(await filesOf(link, given), name)
        await callCore(link, 'files.remove', { id: file.id })
        return [{ erased: file.id }, `Erased ${plain(file.name)}.`]
      })
    })
}

async function filesOf(context: Context, given: string): Promise<ReadonlyArray<AttachedFile>> {
  const { id } = await findItem(context, given)
  return (await callCore(context, 'items.get', { id })).fileList
}

/** Throws AppError not_found, and conflict when two have the name. */
function fileNamed(files: ReadonlyArray<AttachedFile>, given: string): AttachedFile {
  const byId = files.find(({ id }) => id === given)
  const [first, ...others] = byId === undefined ? files.filter(({ name }) => sameName(name, given)) : [byId]
  const hint = 'See `clawkeep item files`, and name the file by its id.'
  if (first === undefined) throw new AppError('not_found', `There is no file ${plain(given)} at this item.`, { hint })
  if (others.length > 0) throw new AppError('conflict', `Several files are called ${plain(given)}.`, { hint })
  return first
}
