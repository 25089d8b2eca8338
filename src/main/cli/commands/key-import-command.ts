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
      const done = `Imported: ${keys.length}.`
      const isFile = file !== '-'
      const { deleted, problem } = isFile
        ? await deleteIfWanted(file, done, options.deleteFile === true)
        : { deleted: false, problem: null }
      const left = !isFile ? '' : deleted ? `\n${plain(file)} is deleted.` : `\n${plain(file)} still holds the keys.`
      context.print({ imported: keys.length, keys, fileDeleted: deleted }, `${done}${left}`)
      if (problem !== null) throw problem
    })
}

/** The keys are in the vault by then: whatever becomes of the file, that is told. `problem` is for after it. */
async function deleteIfWanted(
  file: string,
  done: string,
  unasked: boolean,
): Promise<{ readonly deleted: boolean; readonly problem: AppError | null }> {
  try {
    const deleted = unasked || (hasTerminal() && (await askYes(`${done} Delete ${plain(file)} now?`)))
    if (deleted) unlinkSync(file)
    return { deleted, problem: null }
  } catch (error) {
    if (error instanceof AppError) return { deleted: false, problem: error }
    const problem = new AppError('no_permission', `${plain(file)} could not be deleted.`, {
      hint: 'Delete it yourself.',
      cause: error,
    })
    return { deleted: false, problem }
  }
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
