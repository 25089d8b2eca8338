import { z } from 'zod'
import type { FoundField } from './found-entry.ts'
import { Text } from './loose.ts'

/** A field that a person added, in a list of its own or in a section. */
export const ProtonField = z.object({
  fieldName: Text,
  type: Text,
  data: z.object({ content: Text, totpUri: Text, timestamp: Text }),
})
export type ProtonField = z.infer<typeof ProtonField>

const Section = z.object({ sectionName: Text, sectionFields: z.array(ProtonField) })

const concealedNames = new Set([
  'number',
  'verificationNumber',
  'pin',
  'socialSecurityNumber',
  'passportNumber',
  'licenseNumber',
  'password',
])

/** What the content of an item holds. */
export type ProtonContent = {
  readonly parts: ReadonlyArray<FoundField>
  /** Of `sections`, `extraPersonalDetails` and whatever other list of fields it has. */
  readonly own: ReadonlyArray<ProtonField>
  /** Whether it holds something that is neither. */
  readonly hasMore: boolean
}

/**
 * What a card, an identity or a Wi-Fi network consists of; what stands elsewhere already (`placed`) is left. The names are not
 * listed: an identity has four lists of fields, and a newer version may have more.
 */
export function contentOf(content: Readonly<Record<string, unknown>>, placed: ReadonlySet<string>): ProtonContent {
  const parts: FoundField[] = []
  const own: ProtonField[] = []
  let hasMore = false
  for (const [name, value] of Object.entries(content)) {
    // Where nothing was chosen, a list of choices has the number 0.
    if (placed.has(name) || value == null || value === '' || value === 0 || value === false) continue
    if (typeof value !== 'object') {
      const text = Text.safeParse(value)
      if (text.success) parts.push({ name, value: text.data, concealed: concealedNames.has(name) })
      continue
    }
    for (const element of Array.isArray(value) ? (value as ReadonlyArray<unknown>) : [value]) {
      const fields = fieldsIn(element)
      own.push(...fields)
      if (fields.length === 0 && !isEmptySection(element)) hasMore = true
    }
  }
  return { parts, own, hasMore }
}

/** The fields of a section bear its name: two may have one of the same name. */
function fieldsIn(element: unknown): ReadonlyArray<ProtonField> {
  const field = ProtonField.safeParse(element)
  if (field.success) return [field.data]
  const section = Section.safeParse(element)
  if (!section.success) return []
  const { sectionName, sectionFields } = section.data
  if (sectionName === '') return sectionFields
  return sectionFields.map((inner) => ({ ...inner, fieldName: `${sectionName}: ${inner.fieldName}` }))
}

function isEmptySection(element: unknown): boolean {
  return Section.safeParse(element).data?.sectionFields.length === 0
}

/** Nothing for a field that is empty. */
export function fieldOf({ fieldName, type, data }: ProtonField): ReadonlyArray<FoundField> {
  const value = data.content || data.totpUri || data.timestamp
  return value === '' ? [] : [{ name: fieldName, value, concealed: type !== 'text' && type !== 'timestamp' }]
}
