import type { ColumnRole, DuplicateWay, ImportFormat, ImportRow } from '../../../../shared/models/import.ts'

/** What each form of file is called. */
export const formatWords: Readonly<Record<ImportFormat, string>> = {
  'bitwarden-json': 'Bitwarden, JSON',
  'bitwarden-csv': 'Bitwarden, CSV',
  '1password-1pux': '1Password, 1PUX',
  '1password-csv': '1Password, CSV',
  'keepass-kdbx': 'KeePass, KDBX',
  'keepassxc-csv': 'KeePassXC, CSV',
  'browser-csv': 'A browser, CSV',
  'firefox-csv': 'Firefox, CSV',
  'proton-json': 'Proton Pass',
  'proton-csv': 'Proton Pass, CSV',
  'lastpass-csv': 'LastPass, CSV',
  'dashlane-csv': 'Dashlane, CSV',
  'nordpass-csv': 'NordPass, CSV',
  csv: 'CSV with other columns',
  dotenv: '.env',
  'clawkeep-archive': 'Clawkeep archive',
  'clawkeep-json': 'Clawkeep, JSON',
  'clawkeep-csv': 'Clawkeep, CSV',
}

export const duplicateWords: Readonly<Record<DuplicateWay, { readonly label: string; readonly meaning: string }>> = {
  skip: { label: 'Leave as they are', meaning: 'What is in the file is skipped' },
  'keep-both': { label: 'Keep both', meaning: 'The one from the file gets another name' },
  replace: { label: 'Replace', meaning: 'The one that is here goes into the trash' },
}

export const outcomeWords: Readonly<Record<ImportRow['outcome'], string>> = {
  add: 'new',
  replace: 'replaces',
  skip: 'skipped',
  'left-out': 'left out',
}

export const roleWords: Readonly<Record<ColumnRole, string>> = {
  name: 'Name',
  address: 'Web address',
  'user name': 'User name',
  secret: 'Password or key',
  notes: 'Notes',
  totp: 'One-time codes',
  folder: 'Folder',
  tags: 'Tags',
  favourite: 'Favourite',
  created: 'Created',
  updated: 'Changed',
  expires: 'Expires',
  'rotate by': 'Rotate by',
  field: 'A field of its own',
  skip: 'Leave out',
}
