import { z } from 'zod'
import { type Assistant, AssistantState } from '../../../shared/models/assistant.ts'
import { toolIcons } from '../icons.ts'
import { type Tool, defineTool } from '../tool.ts'
import { pickAssistant } from './pick-assistant.ts'

type StatusSupervisor = {
  list(): ReadonlyArray<Assistant>
  health(id: string): Promise<{ alive: boolean; ready: boolean; detail: string }>
}

export function openclawStatus(supervisor: StatusSupervisor): Tool {
  return defineTool({
    name: 'openclaw_status',
    title: 'Check an assistant',
    description:
      'Asks one assistant whether it is alive and ready to answer, now. "detail" says what is wrong when it is not. If it is not running, tell the person: only they can start it.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    icons: toolIcons.assistant,
    scope: 'openclaw:read',
    input: z.strictObject({
      instance: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('Name of the assistant, from openclaw_instances; not needed when there is only one.'),
    }),
    output: z.object({
      instance: z.string(),
      state: AssistantState,
      alive: z.boolean(),
      ready: z.boolean(),
      detail: z.string(),
    }),
    plan: ({ instance }) => ({
      run: async (op) => {
        const assistant = pickAssistant(supervisor.list(), instance)
        op.note({ target: assistant.id })
        const { alive, ready, detail } = await supervisor.health(assistant.id)
        return { instance: assistant.name, state: assistant.state, alive, ready, detail }
      },
    }),
  })
}
