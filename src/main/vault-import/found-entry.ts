import type { ColumnMap, ImportFormat } from '../../shared/models/import.ts'

/** What an entry of another program is, in our words. */
export type FoundKind = 'login' | 'api-key' | 'note' | 'ssh-key' | 'totp'

export type FoundField = { readonly name: string; readonly value: string; readonly concealed: boolean }
export type FoundFile = { readonly name: string; readonly bytes: Uint8Array }

/** One entry as a parser found it, before anything of it is made to fit the vault. */
export type FoundEntry = {
  /** From 1: the line it begins on in a text of lines, else its place among all entries. */
  readonly at: number
  readonly name: string
  readonly kind: FoundKind
  /** Web addresses, as written. */
  readonly addresses: ReadonlyArray<string>
  readonly userName: string
  readonly secret: string
  readonly notes: string
  /** An otpauth URI or a seed in base32; '' none. */
  readonly totp: string
  readonly fields: ReadonlyArray<FoundField>
  readonly tags: ReadonlyArray<string>
  /** Names from the outermost to the innermost, joined by ` / `; '' none. */
  readonly folder: string
  readonly favourite: boolean
  readonly createdAtMs: number | null
  readonly updatedAtMs: number | null
  readonly expiresAtMs: number | null
  readonly rotateByMs: number | null
  readonly attachments: ReadonlyArray<FoundFile>
  /** What of this entry does not come along; whole sentences without values. */
  readonly warnings: ReadonlyArray<string>
  /** What else is worth knowing of it, though all of it comes; whole sentences without values. */
  readonly remarks: ReadonlyArray<string>
}

/** An entry that does not come, and why. */
export type LeftOut = { readonly at: number; readonly name: string; readonly why: string }

/** What one file holds. */
export type Parsed = {
  readonly format: ImportFormat
  readonly entries: ReadonlyArray<FoundEntry>
  readonly leftOut: ReadonlyArray<LeftOut>
  /** Of a CSV that is of no known program: what each column was taken for. */
  readonly columns?: ColumnMap
}

/** An entry with what is not given left empty. */
export function foundEntry(found: Partial<FoundEntry> & Pick<FoundEntry, 'at' | 'name' | 'kind'>): FoundEntry {
  return {
    addresses: [],
    userName: '',
    secret: '',
    notes: '',
    totp: '',
    fields: [],
    tags: [],
    folder: '',
    favourite: false,
    createdAtMs: null,
    updatedAtMs: null,
    expiresAtMs: null,
    rotateByMs: null,
    attachments: [],
    warnings: [],
    remarks: [],
    ...found,
  }
}
