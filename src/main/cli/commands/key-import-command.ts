import { unlinkSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { KeyPreview, KeySource, Scope } from '../../../shared/models/api-key.ts'
import { askYes } from '../ask-yes.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { parseScopes } from '../parse-scopes.ts'
import { hasTerminal, readTextFile } from '../read-input.ts'
import { moment, plain, table } from '../table.ts'

/** How a key came to be, as the lists of the command line say it. */
export const keySourceWords: Readonly<Record<KeySource, string>> = {
  window: 'window',
  cli: 'command line',
  import: 'import',
  connect: 'connect',
}

/** `key import`. */
export function addKeyImport(key: Command): void {
  key
    .command('import <file>')
    .description('take over keys that another program made (JSON, CSV, or one per line); all or none')
    .option('--scopes <a,b>', 'for the keys whose lines name none')
    .option('--dry-run', 'only show what would be imported')
    .option('--delete-file', 'delete the file afterwards, without asking')
    .action(async (file: string, options: { scopes?: string; dryRun?: true; deleteFile?: true }, command: Command) => {
      const context = contextOf(command)
      const text = readTextFile(file)
      const chosen = options.scopes === undefined ? null : parseScopes(options.scopes)
      const call = (dryRun: boolean) => callCore(context, 'keys.import', { text, scopes: chosen, dryRun })
      if (options.dryRun === true) {
        const preview = await call(true)
        context.print(preview, describe(preview, chosen))
        if (preview.problems.length > 0)
          throw new AppError('invalid', 'With these lines nothing would be imported.', { hint: 'Put them right.' })
        return
      }
      const { keys } = await call(false)
      const isFile = file !== '-'
      const deletes =
        isFile && (options.deleteFile === true || (hasTerminal() && (await askYes(`Delete ${plain(file)} now?`))))
      if (deletes) unlinkSync(file)
      const left = !isFile ? '' : deletes ? `\n${plain(file)} is deleted.` : `\n${plain(file)} still holds the keys.`
      context.print({ imported: keys.length, keys, fileDeleted: deletes }, `Imported: ${keys.length}.${left}`)
    })
}

function describe({ keys, problems }: KeyPreview, chosen: ReadonlyArray<Scope> | null): string {
  const rows = keys.map((found) => [
    String(found.line),
    found.name,
    found.prefix,
    (found.scopes ?? chosen ?? []).join(','),
    moment(found.expiresAtMs),
  ])
  const wrong = problems.map(({ line, message }) => `Line ${line} ${plain(message)}`)
  return [table(['line', 'name', 'key', 'scopes', 'expires'], rows), ...wrong].join('\n')
}
