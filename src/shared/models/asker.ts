import { z } from 'zod'

/** Who wants something: a program over MCP, an assistant in its container, the person, or Clawkeep itself. */
export const Asker = z.object({
  kind: z.enum(['client', 'assistant', 'person', 'system']),
  /** API key id, assistant id, `window`, `cli` or `core`. */
  id: z.string().max(100),
})
export type Asker = z.infer<typeof Asker>

/** An asker with the name it had when it asked; names are hostile text. */
export const NamedAsker = Asker.extend({ name: z.string().max(200) })
export type NamedAsker = z.infer<typeof NamedAsker>
