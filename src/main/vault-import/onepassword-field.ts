import { z } from 'zod'
import { Text } from './loose.ts'

/** A field of a section; of a file `name` is the file's and `value` the id of its document. */
export type OnePasswordField = {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly concealed: boolean
  readonly kind: 'text' | 'totp' | 'file' | 'ssh-key'
}

const concealedKinds = new Set(['concealed', 'creditCardNumber', 'totp'])
const FileValue = z.object({ fileName: Text, documentId: Text })
const SshKeyValue = z.object({ privateKey: Text })

/** The field that a value such as `{"concealed": "…"}` stands for; nothing for an empty one. */
export function fieldOf(
  name: string,
  id: string,
  value: Readonly<Record<string, unknown>>,
): ReadonlyArray<OnePasswordField> {
  const [kind, inner] = Object.entries(value)[0] ?? []
  if (kind === undefined || inner === null || inner === undefined || inner === '') return []
  if (kind === 'file') {
    const file = FileValue.safeParse(inner)
    return file.success
      ? [{ id, name: file.data.fileName, value: file.data.documentId, concealed: false, kind: 'file' }]
      : []
  }
  if (kind === 'sshKey') {
    const key = SshKeyValue.safeParse(inner)
    return key.success ? [{ id, name, value: key.data.privateKey, concealed: true, kind: 'ssh-key' }] : []
  }
  const text = textOf(kind, inner)
  if (text === '') return []
  return [{ id, name, value: text, concealed: concealedKinds.has(kind), kind: kind === 'totp' ? 'totp' : 'text' }]
}

/** Addresses, e-mail and the like are objects of texts; days are seconds, months are numbers like 202701. */
function textOf(kind: string, inner: unknown): string {
  if (kind === 'date' && typeof inner === 'number') return dayOf(inner)
  if (kind === 'monthYear' && typeof inner === 'number') return String(inner).replace(/^(\d{4})(\d{2})$/, '$1-$2')
  const plain = Text.safeParse(inner)
  if (plain.success) return plain.data
  return Object.values(inner as object)
    .flatMap((part: unknown) => Text.safeParse(part).data ?? [])
    .filter((part) => part !== '')
    .join(', ')
}

/** A number that is no date stays a number. */
function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10)
}
