import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { z } from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import {
  type ColumnMap,
  ColumnRole,
  columnRoles,
  DuplicateWay,
  duplicateWays,
  ImportFormat,
  importFormats,
  type ImportPreview,
} from '../../../shared/models/import.ts'
import { askYes } from '../ask-yes.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { hasTerminal, readHiddenLine, readSecretFile } from '../read-input.ts'
import { plain, table } from '../table.ts'

type Options = {
  format?: string
  dryRun?: true
  onDuplicate: string
  map?: string
  filePasswordFile?: string
  keyFile?: string
  shred?: true
}

/** `vault import FILE`. */
export function addVaultImport(vault: Command): void {
  vault
    .command('import <file>')
    .description('take over the items of another program; all of them or none')
    .option('--format <form>', `the form of the file, else found by its content: ${importFormats.join(', ')}`)
    .option('--dry-run', 'only show what would be imported, what not, and why')
    .option('--on-duplicate <way>', `what is in the vault already: ${duplicateWays.join(', ')}`, 'skip')
    .option('--map <role=column,…>', `columns of an unknown CSV; the roles are ${columnRoles.join(', ')}`)
    .option('--file-password-file <file>', 'file that holds the password of an encrypted export; else it is asked for')
    .option('--key-file <file>', 'key file of a KeePass database')
    .option('--shred', 'overwrite and delete the file afterwards, without asking, if all of it is in the vault then')
    .action(async (file: string, options: Options, command: Command) => {
      const context = contextOf(command)
      const path = resolve(file)
      const choices = {
        format: options.format === undefined ? null : oneOf(ImportFormat, options.format, 'form', importFormats),
        map: options.map === undefined ? null : parseMap(options.map),
        onDuplicate: oneOf(DuplicateWay, options.onDuplicate, 'way with duplicates', duplicateWays),
      }
      const dryRun = options.dryRun === true
      const asks = !dryRun && options.shred === undefined && hasTerminal()
      const shred =
        options.shred === true ||
        (asks && (await askYes(`Overwrite and delete ${plain(file)} when all of it is imported?`)))
      const call = (filePassword: string | null) =>
        callCore(context, 'import.file', {
          path,
          keyFilePath: options.keyFile === undefined ? null : resolve(options.keyFile),
          choices: { ...choices, filePassword },
          dryRun,
          shred: shred && !dryRun,
        })
      const given = options.filePasswordFile === undefined ? null : readSecretFile(options.filePasswordFile)
      const { preview, shredded, shredProblem } = await call(given).catch(async (error: unknown) => {
        if (given !== null || !(error instanceof AppError) || error.code !== 'unauthorized') throw error
        const options =
          'Use --file-password-file FILE, or --key-file FILE for a KeePass database that has one, or both.'
        const otherwise = new AppError(error.code, error.message, { hint: options })
        return call(await readHiddenLine('Password of the file: ', otherwise))
      })
      if (dryRun) return context.print(preview, describe(preview))
      const left = shredded
        ? `${plain(file)} is overwritten and deleted; what an SSD, a snapshot or a backup keeps of it is not.`
        : shredProblem !== null
          ? `${plain(file)} could not be overwritten and deleted, and may still hold what was imported. ${shredProblem}`
          : preview.keepFile === null
            ? `${plain(file)} still holds what was imported. Delete it when you do not need it any more.`
            : `${preview.keepFile} ${plain(file)} is kept: it still holds what was imported, and what was not.`
      context.print({ ...preview, shredded, shredProblem }, `${summary(preview, 'Imported')}\n${left}`)
    })
}

function describe(preview: ImportPreview): string {
  const rows = preview.rows.map(({ at, name, kind, hosts, userName, files, outcome, remarks }) => [
    String(at),
    outcome,
    kind ?? '',
    name,
    userName,
    hosts.join(','),
    files === 0 ? '' : String(files),
    remarks.join(' '),
  ])
  const columns = preview.columns?.map(({ column, role }) => `${role}=${plain(column)}`) ?? []
  return [
    `Form: ${preview.format}`,
    ...(columns.length === 0 ? [] : [`Columns: ${columns.join(', ')}. Change them with --map.`]),
    table(['at', 'becomes', 'kind', 'name', 'user name', 'hosts', 'files', 'remarks'], rows),
    summary(preview, 'Would come'),
    ...(preview.keepFile === null ? [] : [`${preview.keepFile} --shred would keep it.`]),
  ].join('\n')
}

function summary({ counts }: ImportPreview, verb: string): string {
  const { add, replace, skip, leftOut, files } = counts
  return `${verb}: ${add + replace}${replace > 0 ? ` (${replace} in the place of others)` : ''}, with ${files} files. Skipped: ${skip}. Left out: ${leftOut}.`
}

/** `name=Title,secret=Password`: what each column is. */
function parseMap(text: string): ColumnMap {
  return text.split(',').map((part) => {
    const at = part.indexOf('=')
    return {
      role: oneOf(ColumnRole, part.slice(0, Math.max(0, at)).trim(), 'role', columnRoles),
      column: part.slice(at + 1).trim(),
    }
  })
}

function oneOf<T>(schema: z.ZodType<T>, text: string, what: string, all: ReadonlyArray<string>): T {
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('invalid', `“${plain(text)}” is no ${what}.`, { hint: `Use one of ${all.join(', ')}.` })
}
