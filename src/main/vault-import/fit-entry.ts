import { checkFileName } from '../vault/file-name.ts'
import { maxFileBytes } from '../vault/file-chunks.ts'
import { readSshKey } from '../vault/ssh-key.ts'
import { readTotp } from '../vault/totp.ts'
import { ItemInput, type ParsedItemInput } from '../../shared/models/item.ts'
import { fitAddresses } from './fit-addresses.ts'
import type { FoundEntry, FoundField, FoundFile } from './found-entry.ts'
import { isLabelCut, isLonger, isNameCut, mendLabel, mendName } from './mend-name.ts'

/** An entry as the vault takes it, with what had to be changed for that; or why it cannot be taken. Remarks are sentences without values. */
export type Fitted =
  | {
      readonly input: ParsedItemInput
      readonly files: ReadonlyArray<FoundFile>
      readonly createdAtMs: number | null
      readonly remarks: ReadonlyArray<string>
      /** Whether a part of the entry does not come along. */
      readonly partial: boolean
    }
  | { readonly why: string }

const longest = { userName: 500, fieldName: 100, tag: 60, fields: 100, tags: 50 }

/** Makes an entry of another program fit the vault; nothing is cut off or dropped without a remark. */
export function fitEntry(entry: FoundEntry): Fitted {
  const remarks: string[] = [...entry.warnings, ...entry.remarks]
  const fields: FoundField[] = [...entry.fields]
  const keep = (name: string, value: string, concealed: boolean): void => void fields.push({ name, value, concealed })

  const { hosts, others } = fitAddresses(entry.addresses)
  for (const address of others) keep('address', address, false)
  let { userName } = entry
  if (isLonger(userName, longest.userName)) {
    keep('user name', userName, false)
    userName = ''
    remarks.push('The user name is longer than 500 characters and is kept as a field.')
  }
  const { kind, secret, totp } = fitKind(entry, keep, remarks)
  const name = mendName(entry.name, hosts[0] ?? `Imported ${entry.at}`)
  if (entry.name.trim() === '') remarks.push(`It has no name; it is called “${name}” now.`)
  else if (name !== entry.name.normalize('NFC').trim())
    remarks.push('Its name had braces or invisible characters, or was too long; it is changed.')

  const labels = [...entry.tags, entry.folder]
  const cutLabels = labels.filter((label) => isLabelCut(label, longest.tag))
  for (const label of cutLabels) keep('tag', label, false)
  if (cutLabels.length > 0)
    remarks.push('A tag or folder is longer than 60 characters; it is cut, and kept whole as a field.')
  const cutField = fields.some((field) => isLabelCut(field.name, longest.fieldName))
  if (cutField) remarks.push('The name of a field is longer than 100 characters and is cut.')
  if (fields.length > longest.fields) return { why: 'It has more than 100 fields.' }
  const tags = labels.map((tag) => mendLabel(tag, longest.tag)).filter((tag) => tag !== '')
  const tooManyTags = tags.length > longest.tags
  if (tooManyTags) remarks.push('It has more than 50 tags; the rest is left out.')
  const parsed = ItemInput.safeParse({
    kind,
    name,
    hosts: [...hosts],
    userName,
    secret,
    notes: entry.notes,
    totp,
    fields: fields.map((field) => ({
      name: mendLabel(field.name, longest.fieldName) || 'field',
      hidden: field.concealed,
      value: field.value,
    })),
    tags: tags.slice(0, longest.tags),
    favourite: entry.favourite,
    expiresAtMs: entry.expiresAtMs,
    rotateByMs: entry.rotateByMs,
  })
  if (!parsed.success) return { why: parsed.error.issues[0]?.message ?? 'It does not fit the vault.' }
  const files = fitFiles(entry.attachments, remarks)
  const partial =
    entry.warnings.length > 0 ||
    tooManyTags ||
    cutField ||
    isNameCut(entry.name) ||
    files.length < entry.attachments.length
  return { input: parsed.data, files, createdAtMs: entry.createdAtMs, remarks, partial }
}

type Keep = (name: string, value: string, concealed: boolean) => void

/** The kind, and the parts that only some kinds have. What the kind has no place for is kept as a hidden field. */
function fitKind(
  entry: FoundEntry,
  keep: Keep,
  remarks: string[],
): { readonly kind: FoundEntry['kind']; readonly secret: string; readonly totp: string } {
  const totp = fitTotp(entry.totp, keep, remarks)
  const { secret } = entry
  const asNote = (remark: string | null) => {
    if (secret !== '') keep('secret', secret, true)
    if (totp !== '') keep('one-time codes', totp, true)
    if (remark !== null) remarks.push(remark)
    return { kind: 'note', secret: '', totp: '' } as const
  }
  switch (entry.kind) {
    case 'login': {
      const bare = secret === '' && entry.userName === '' && entry.addresses.length === 0
      if (!bare) return { kind: 'login', secret, totp }
      return totp === '' ? asNote(null) : { kind: 'totp', secret: '', totp }
    }
    case 'api-key':
      if (totp !== '') keep('one-time codes', totp, true)
      return secret === '' ? asNote('It has no secret and becomes a note.') : { kind: 'api-key', secret, totp: '' }
    case 'ssh-key':
      // Without a secret the vault would make a new key.
      if (secret === '' || !isSshKey(secret))
        return asNote('Its SSH key cannot be read; it is kept as a hidden field of a note.')
      if (totp !== '') keep('one-time codes', totp, true)
      return { kind: 'ssh-key', secret, totp: '' }
    case 'totp':
      return totp === '' || secret !== '' ? asNote('It becomes a note.') : { kind: 'totp', secret: '', totp }
    case 'note':
      return asNote(null)
  }
}

/** The otpauth address; what is none (Steam, HOTP) is kept as a hidden field. */
function fitTotp(text: string, keep: Keep, remarks: string[]): string {
  if (text === '') return ''
  try {
    return readTotp(text)
  } catch {
    keep('one-time codes', text, true)
    remarks.push('Its one-time codes are of a sort that is not known; the seed is kept as a hidden field.')
    return ''
  }
}

function isSshKey(text: string): boolean {
  try {
    readSshKey(text, '')
    return true
  } catch {
    return false
  }
}

function fitFiles(found: ReadonlyArray<FoundFile>, remarks: string[]): ReadonlyArray<FoundFile> {
  return found.flatMap(({ name, bytes }) => {
    if (bytes.length > maxFileBytes) {
      remarks.push('A file is larger than 100 MB and does not come along.')
      return []
    }
    try {
      return [{ name: checkFileName(name), bytes }]
    } catch {
      remarks.push('A file had a name that cannot be used; it is called “file” now.')
      return [{ name: 'file', bytes }]
    }
  })
}
