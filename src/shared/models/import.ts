import { z } from 'zod'
import { ItemKind } from './item.ts'

/** The forms of file that can be imported. `csv` is one whose columns the person names. */
export const importFormats = [
  'bitwarden-json',
  'bitwarden-csv',
  '1password-1pux',
  '1password-csv',
  'keepass-kdbx',
  'keepassxc-csv',
  'browser-csv',
  'firefox-csv',
  'proton-json',
  'proton-csv',
  'lastpass-csv',
  'dashlane-csv',
  'nordpass-csv',
  'csv',
  'dotenv',
  'clawkeep-archive',
  'clawkeep-json',
  'clawkeep-csv',
] as const
export const ImportFormat = z.enum(importFormats)
export type ImportFormat = z.infer<typeof ImportFormat>

/** What a column of a CSV can be taken for. */
export const columnRoles = [
  'name',
  'address',
  'user name',
  'secret',
  'notes',
  'totp',
  'folder',
  'tags',
  'favourite',
  'created',
  'updated',
  'expires',
  'rotate by',
  'field',
  'skip',
] as const
export const ColumnRole = z.enum(columnRoles)
export type ColumnRole = z.infer<typeof ColumnRole>

/** A heading is read no further, and so a column of two that begin alike is not told from the other by it. */
export const longestHeading = 200

/** Which column is what, by its heading; a column that is not named becomes a field. */
export const ColumnMap = z
  .array(z.strictObject({ column: z.string().max(longestHeading), role: ColumnRole }))
  .max(200, 'There are more than 200 columns.')
export type ColumnMap = z.infer<typeof ColumnMap>

/** What to do with an entry that has the name, the user name and a host of an item that is there. */
export const duplicateWays = ['skip', 'keep-both', 'replace'] as const
export const DuplicateWay = z.enum(duplicateWays)
export type DuplicateWay = z.infer<typeof DuplicateWay>

/** What would become of one entry of a file. `at` is its line or place in the file, from 1. */
export const ImportRow = z.object({
  at: z.int(),
  name: z.string(),
  kind: ItemKind.nullable(),
  hosts: z.array(z.string()),
  userName: z.string(),
  files: z.int(),
  outcome: z.enum(['add', 'replace', 'skip', 'left-out']),
  /** What had to be changed, what does not come along, or why nothing does. */
  remarks: z.array(z.string()),
})
export type ImportRow = z.infer<typeof ImportRow>

export const ImportPreview = z.object({
  format: ImportFormat,
  rows: z.array(ImportRow),
  counts: z.object({ add: z.int(), replace: z.int(), skip: z.int(), leftOut: z.int(), files: z.int() }),
  /** Of a CSV of no known program: what each column is taken for. */
  columns: ColumnMap.nullable(),
  /** Why the file is not shredded afterwards: what of it would be nowhere else. Null: all of it is in the vault then. */
  keepFile: z.string().nullable(),
})
export type ImportPreview = z.infer<typeof ImportPreview>

/** How a file is to be read and taken over. */
export const ImportChoices = z.strictObject({
  /** Null: found by its content. */
  format: ImportFormat.nullable().default(null),
  /** The password of the file, not that of the vault. */
  filePassword: z.string().min(1).max(1024).nullable().default(null),
  map: ColumnMap.nullable().default(null),
  onDuplicate: DuplicateWay.default('skip'),
})
export type ImportChoices = z.infer<typeof ImportChoices>

export const ImportProgress = z.object({
  step: z.enum(['idle', 'reading', 'files', 'writing']),
  done: z.int(),
  total: z.int(),
})
export type ImportProgress = z.infer<typeof ImportProgress>

const Path = z.string().min(1).max(4096)

export const ImportFileInput = z.strictObject({
  path: Path,
  keyFilePath: Path.nullable(),
  choices: ImportChoices,
  dryRun: z.boolean(),
  /** Overwrites and deletes the file when all of it is in the vault; the answer says whether it was. */
  shred: z.boolean(),
})
export type ImportFileInput = z.infer<typeof ImportFileInput>

export const ImportFileResult = z.object({
  preview: ImportPreview,
  shredded: z.boolean(),
  /** Why it could not be shredded, though all of it was imported; null: it was, or was not to be. */
  shredProblem: z.string().nullable(),
})
