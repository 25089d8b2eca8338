import { z } from 'zod'

/** What an export can be: encrypted with a password of its own, encrypted for age, or in the clear. */
export const exportFormats = ['archive', 'age', 'json', 'csv'] as const
export const ExportFormat = z.enum(exportFormats)
export type ExportFormat = z.infer<typeof ExportFormat>

/** The usual ending of a file of each form. */
export const exportEndings: Readonly<Record<ExportFormat, string>> = {
  archive: 'clawkeep',
  age: 'age',
  json: 'json',
  csv: 'csv',
}

const FilePassword = z
  .string()
  .min(10, 'Use at least 10 characters for the password of the file.')
  .max(1024, 'A password has at most 1,024 characters.')

/** `filePassword` and `recipients` are for `archive` and `age`: one of the two, and only a password for an archive. */
export const ExportChoices = z
  .strictObject({
    format: ExportFormat,
    filePassword: FilePassword.nullable().default(null),
    recipients: z.array(z.string().trim().min(1).max(10_000)).max(50).default([]),
  })
  .superRefine(({ format, filePassword, recipients }, context) => {
    const wrong = wrongLock(format, filePassword !== null, recipients.length > 0)
    if (wrong !== null) context.addIssue({ code: 'custom', path: ['filePassword'], message: wrong })
  })
export type ExportChoices = z.output<typeof ExportChoices>

function wrongLock(format: ExportFormat, password: boolean, recipients: boolean): string | null {
  if (format === 'json' || format === 'csv')
    return password || recipients ? 'JSON and CSV are in the clear: they take no password.' : null
  if (format === 'archive') return password && !recipients ? null : 'An archive needs a password of its own.'
  return password !== recipients ? null : 'Give a passphrase or recipients of age, one of the two.'
}

export const ExportResult = z.object({
  fileName: z.string(),
  items: z.int(),
  files: z.int(),
  /** Files attached to items that this form has no place for. */
  filesLeftOut: z.int(),
  bytes: z.int(),
})
export type ExportResult = z.infer<typeof ExportResult>

/** Of the command line: `path` is absolute; `force` replaces a file that is there. */
export const ExportFileInput = z.strictObject({
  path: z.string().min(1).max(4096),
  choices: ExportChoices,
  force: z.boolean(),
})
