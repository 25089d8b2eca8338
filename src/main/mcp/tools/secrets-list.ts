import { z } from 'zod'
import { ItemKind, type ItemOverview, usableKinds } from '../../../shared/models/item.ts'
import { toolIcons } from '../icons.ts'
import { type Tool, defineTool } from '../tool.ts'

export function secretsList(items: { list(): ReadonlyArray<ItemOverview> }): Tool {
  return defineTool({
    name: 'secrets_list',
    title: 'List secrets by name',
    description:
      'Lists the names of the secrets in the person\'s vault, what kind they are and which hosts each may be sent to. Values are never shown, to you or any other program. To use one, put its "placeholder" into a header or the body of http_request.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    icons: toolIcons.secret,
    scope: 'secrets:list',
    input: z.strictObject({}),
    output: z.object({
      secrets: z.array(
        z.object({ name: z.string(), kind: ItemKind, hosts: z.array(z.string()), placeholder: z.string() }),
      ),
    }),
    plan: () => ({
      run: async () => ({
        secrets: items
          .list()
          .filter(({ kind }) => usableKinds.includes(kind))
          .map(({ name, kind, hosts }) => ({ name, kind, hosts: [...hosts], placeholder: `{{secret:${name}}}` })),
      }),
    }),
  })
}
