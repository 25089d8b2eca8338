import { z } from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { type Approval, ApprovalState } from '../../../shared/models/approval.ts'
import { toolIcons } from '../icons.ts'
import { type Tool, type ToolCall, defineTool } from '../tool.ts'

export function approvalStatus(approvals: { get(id: string): Approval | undefined }): Tool {
  return defineTool({
    name: 'approval_status',
    title: 'Look up your own question',
    description:
      'Says what became of a question that one of your own calls raised, by the approval id that was in its progress messages. "pending": the person has not decided yet. "allowed" with used=false: make exactly the same call again, and it runs. "denied", "expired" and "cancelled" are final; "answer" says why. This tool cannot decide anything.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    icons: toolIcons.question,
    scope: null,
    input: z.strictObject({ id: z.string().min(1).max(100).describe('The approval id, such as apr_….') }),
    output: z.object({
      id: z.string(),
      state: ApprovalState,
      tool: z.string(),
      answer: z.string(),
      used: z.boolean(),
      expires_at: z.string(),
    }),
    plan: ({ id }, call) => ({
      run: async () => {
        const approval = own(approvals, id, call)
        return {
          id: approval.id,
          state: approval.state,
          tool: approval.tool,
          answer: approval.answer,
          used: approval.used,
          expires_at: new Date(approval.expiresAtMs).toISOString(),
        }
      },
    }),
  })
}

/** Another asker's question and one that never was get the same answer, so that ids cannot be probed. */
function own(approvals: { get(id: string): Approval | undefined }, id: string, call: ToolCall): Approval {
  const notFound = new AppError('not_found', 'You have no question with this id.', {
    hint: 'Use the approval id from the progress messages of your own call.',
  })
  let approval: Approval | undefined
  try {
    approval = approvals.get(id)
  } catch (error) {
    throw error instanceof AppError && error.code === 'not_found' ? notFound : error
  }
  if (approval === undefined || approval.asker.kind !== 'client' || approval.asker.id !== call.client.id) throw notFound
  return approval
}
