import { z } from 'zod'
import { ItemKind } from '../../shared/models/item.ts'

export const ExportedFields = z.array(z.object({ name: z.string(), hidden: z.boolean(), value: z.string() }))

const Item = z.object({
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  secret: z.string(),
  notes: z.string(),
  totp: z.string(),
  fields: ExportedFields,
  tags: z.array(z.string()),
  favourite: z.boolean(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
  rotateByMs: z.number().nullable(),
  /** `path` is where it lies beside this text in an archive; null: it is not part of the export. */
  files: z.array(z.object({ name: z.string(), path: z.string().nullable() })),
})

/** The JSON of an export: in the clear as a file, or as `clawkeep.json` inside an archive. */
export const ExportContent = z.object({
  clawkeep: z.literal('export'),
  version: z.literal(1),
  exportedAtMs: z.number(),
  items: z.array(Item),
})
export type ExportContent = z.infer<typeof ExportContent>
export type ExportedItem = z.infer<typeof Item>

/** The name of the JSON inside an archive. */
export const contentName = 'clawkeep.json'
