import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { ExportFormat, exportFormats } from '../../../shared/models/export.ts'
import { askYes } from '../ask-yes.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readNewPassword } from '../read-input.ts'
import { plain } from '../table.ts'

type Options = {
  format: string
  out: string
  filePasswordFile?: string
  recipient?: ReadonlyArray<string>
  force?: true
  yes?: true
}

/** `vault export --out FILE`. */
export function addVaultExport(vault: Command): void {
  vault
    .command('export')
    .description('write all items into one file')
    .requiredOption(
      '--format <form>',
      `${exportFormats.join(', ')}; archive and age are encrypted, json and csv are not`,
    )
    .requiredOption('--out <file>', 'where it goes; only you may read it')
    .option('--file-password-file <file>', 'file that holds the password of the archive, or the passphrase for age')
    .option('--recipient <age1…...>', 'recipients of age, instead of a passphrase')
    .option('--force', 'replace a file that is there')
    .option('--yes', 'write json or csv in the clear without asking')
    .action(async (options: Options, command: Command) => {
      const context = contextOf(command)
      const format = ExportFormat.safeParse(options.format)
      if (!format.success)
        throw new AppError('invalid', `“${plain(options.format)}” is no form of an export.`, {
          hint: `Use one of ${exportFormats.join(', ')}.`,
        })
      const isPlain = format.data === 'json' || format.data === 'csv'
      if (isPlain && options.yes !== true) {
        const goOn = await askYes('Whoever can read this file can read every secret in it. Write it in the clear?')
        if (!goOn) throw new AppError('cancelled', 'Nothing was written.')
      }
      const recipients = options.recipient ?? []
      const filePassword =
        isPlain || recipients.length > 0
          ? null
          : await readNewPassword(options.filePasswordFile, 'Password for the file: ')
      const made = await callCore(context, 'export.file', {
        path: resolve(options.out),
        choices: { format: format.data, filePassword, recipients: [...recipients] },
        force: options.force === true,
      })
      const left = made.filesLeftOut === 0 ? '' : ` ${made.filesLeftOut} attached files are not in it.`
      context.print(made, `Exported ${made.items} items with ${made.files} files to ${plain(options.out)}.${left}`)
    })
}
