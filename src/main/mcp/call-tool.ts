import type { ContentBlock } from '@modelcontextprotocol/server'
import { AppError, type WireError, toWireError } from '../../shared/app-error.ts'
import type { AuditFacts } from '../audit/audit-log.ts'
import type { Gate } from '../approvals/gate.ts'
import { reportBug } from '../report-bug.ts'
import { type InputNeeded, isInputNeeded } from './round.ts'
import { StepAside } from './step-aside.ts'
import type { Plan, Question, Tool, ToolCall, ToolOutput } from './tool.ts'

export type CallToolDeps = {
  readonly gate: Pick<Gate, 'pass'>
  readonly audit: { event(facts: AuditFacts): Promise<void> }
  readonly isLocked: () => boolean
}

/** A tool result as it goes on the wire. */
export type CallResult = {
  readonly content: ContentBlock[]
  readonly structuredContent?: Record<string, unknown>
  readonly isError?: true
}

const nothingToShow: Question = { host: null, secrets: [], view: null, risks: [], reason: '' }

/**
 * The only way to a tool: scope, arguments, then the gate (audit, lock, policy, the person), then the tool. Every
 * expected failure becomes an error result that says what to do; the call leaves an audit entry however it ends.
 */
export async function callTool(
  tool: Tool,
  rawArgs: unknown,
  call: ToolCall,
  deps: CallToolDeps,
): Promise<CallResult | InputNeeded> {
  const { kind, id, name, scopes } = call.client
  const asker = { kind: 'client', id, name } as const
  const aside = call.stepAsideAfterMs === null ? null : new StepAside(call.stepAsideAfterMs, call.signal)
  const signal = aside?.signal ?? call.signal
  let plan: Plan<ToolOutput | InputNeeded> | null = null
  let atGate = false
  try {
    if (tool.scope !== null && !scopes.includes(tool.scope)) {
      throw new AppError('forbidden_scope', `This key does not have the scope ${tool.scope}.`, {
        hint: 'Ask the person to make a key with this scope in Clawkeep, under Clients.',
      })
    }
    const args = tool.parse(rawArgs)
    // Locked: go straight to the gate, which refuses and writes it down; planning may need the vault.
    if (!deps.isLocked()) plan = tool.plan(args, call)
    const { run = refuseLocked, onWaiting, prepare, question = nothingToShow } = plan ?? {}
    const resumes = call.round.state?.kind === 'approval' ? call.round.state.id : undefined
    atGate = true
    const output = await deps.gate.pass(
      {
        ...question,
        asker,
        isNamedByPerson: kind === 'key',
        tool: tool.name,
        definitionHash: tool.definitionHash,
        args,
        auditKind: 'tool.call',
        signal,
        ...(resumes === undefined ? {} : { resumes }),
        ...(prepare === undefined ? {} : { prepare }),
        ...(onWaiting === undefined && aside === null
          ? {}
          : {
              onWaiting: (approval) => {
                onWaiting?.(approval)
                aside?.start(approval)
              },
            }),
      },
      (op) => {
        aside?.stop()
        return run(op)
      },
    )
    return isInputNeeded(output) ? output : succeeded(output)
  } catch (thrown) {
    // The question stays: the person decides in the window, and the call comes again for the answer.
    if (aside?.waitsFor) return aside.askClient()
    const error = toToolError(thrown, call.signal)
    if (!atGate) {
      const outcome = error.code === 'forbidden_scope' ? 'refused' : 'failed'
      await deps.audit
        .event({ kind: 'tool.call', asker: { kind: 'client', id }, tool: tool.name, outcome, code: error.code })
        .catch(() => {
          // Nothing ran, so nothing is owed to the log; its own problem is shown in the window.
        })
    }
    return failed(error)
  } finally {
    aside?.stop()
    plan?.onEnd?.()
  }
}

function succeeded({ content, structured }: ToolOutput): CallResult {
  return { content: [...content], ...(structured === undefined ? {} : { structuredContent: structured }) }
}

function failed(error: WireError): CallResult {
  const text = error.hint === undefined ? error.message : `${error.message} ${error.hint}`
  return { content: [{ type: 'text', text }], structuredContent: { error }, isError: true }
}

function toToolError(thrown: unknown, signal: AbortSignal): WireError {
  // A call that was stopped may end in any way; why it was stopped is the better answer.
  if (signal.aborted && (!(thrown instanceof AppError) || thrown.code === 'cancelled'))
    return toWireError(signal.reason)
  if (!(thrown instanceof AppError)) reportBug('mcp tool', thrown)
  return toWireError(thrown)
}

async function refuseLocked(): Promise<never> {
  throw new AppError('locked', 'The vault is locked.', { hint: 'Ask the person to unlock Clawkeep, then try again.' })
}
