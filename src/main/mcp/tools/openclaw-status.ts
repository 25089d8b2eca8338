import { z } from 'zod'
import { type Assistant, AssistantState } from '../../../shared/models/assistant.ts'
import { toolIcons } from '../icons.ts'
import type { Health } from '../../assistants/openclaw/health.ts'
import { type Tool, defineTool } from '../tool.ts'
import { InstanceInput } from './openclaw-inputs.ts'
import { pickAssistant } from './pick-assistant.ts'

type StatusSupervisor = {
  list(): ReadonlyArray<Assistant>
  health(id: string): Promise<Health>
}

export function openclawStatus(supervisor: StatusSupervisor): Tool {
  return defineTool({
    name: 'openclaw_status',
    title: 'Check an assistant',
    description:
      'Asks one assistant whether it can be talked to, now. "ok": it can, and all of it is ready. "degraded": it can, but a part of it (such as a channel) is broken. "starting": try again in a moment. "error": it cannot; message says what is wrong and hint what to do. If it is not running, tell the person: only they can start it.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    icons: toolIcons.assistant,
    scope: 'openclaw:read',
    input: z.strictObject({ instance: InstanceInput }),
    output: z.object({
      status: z.enum(['ok', 'degraded', 'starting', 'error']),
      message: z.string(),
      hint: z.string().nullable(),
      instance: z.string(),
      state: AssistantState,
      alive: z.boolean(),
      ready: z.boolean(),
      problem: z
        .enum(['not_running', 'silent', 'starting', 'degraded', 'token', 'chat_off', 'failing'])
        .nullable()
        .describe("silent: no answer. token: it does not take Clawkeep's token. chat_off: its chat interface is off."),
    }),
    plan: ({ instance }) => ({
      run: async (op) => {
        const assistant = pickAssistant(supervisor.list(), instance)
        op.note({ target: assistant.id })
        const health = await supervisor.health(assistant.id)
        return { status: statusOf(health), instance: assistant.name, state: assistant.state, ...health }
      },
    }),
  })
}

function statusOf({ problem }: Health): 'ok' | 'degraded' | 'starting' | 'error' {
  if (problem === null) return 'ok'
  return problem === 'starting' || problem === 'degraded' ? problem : 'error'
}
