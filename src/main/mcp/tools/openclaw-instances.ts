import { z } from 'zod'
import { type Assistant, AssistantState } from '../../../shared/models/assistant.ts'
import { type Tool, defineTool } from '../tool.ts'

export function openclawInstances(supervisor: { list(): ReadonlyArray<Assistant> }): Tool {
  return defineTool({
    name: 'openclaw_instances',
    title: 'List assistants',
    description:
      'Lists the assistants that run on this computer, with their state. Use a name from here as "instance" in openclaw_chat and openclaw_status. Only an assistant in the state "running" can be talked to.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    scope: 'openclaw:read',
    input: z.strictObject({}),
    output: z.object({
      instances: z.array(z.object({ name: z.string(), state: AssistantState, message: z.string().nullable() })),
    }),
    plan: () => ({
      run: async () => ({ instances: supervisor.list().map(({ name, state, message }) => ({ name, state, message })) }),
    }),
  })
}
