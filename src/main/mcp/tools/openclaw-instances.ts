import { z } from 'zod'
import { type Assistant, AssistantState } from '../../../shared/models/assistant.ts'
import { toolIcons } from '../icons.ts'
import { type Tool, defineTool } from '../tool.ts'
import { defaultAssistant } from './pick-assistant.ts'

export function openclawInstances(supervisor: { list(): ReadonlyArray<Assistant> }): Tool {
  return defineTool({
    name: 'openclaw_instances',
    title: 'List assistants',
    description:
      'Lists the assistants that run on this computer, with their state. Use a name from here as "instance" in the other openclaw tools; the default one is meant when you pass none. Only an assistant in the state "running" can be talked to.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    icons: toolIcons.assistant,
    scope: 'openclaw:read',
    input: z.strictObject({}),
    output: z.object({
      instances: z.array(
        z.object({ name: z.string(), state: AssistantState, message: z.string().nullable(), isDefault: z.boolean() }),
      ),
      total: z.number(),
    }),
    plan: () => ({
      run: async () => {
        const assistants = supervisor.list()
        const chosen = defaultAssistant(assistants)?.id
        const instances = assistants.map(({ id, name, state, message }) => ({
          name,
          state,
          message,
          isDefault: id === chosen,
        }))
        return { instances, total: instances.length }
      },
    }),
  })
}
