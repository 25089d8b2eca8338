import { createHash } from 'node:crypto'
import type { ClientCapabilities, ContentBlock, Icon, LoggingLevel } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { Scope } from '../../shared/models/api-key.ts'
import type { Approval, RequestView, Risk, SecretUse } from '../../shared/models/approval.ts'
import type { AuditOp } from '../audit/audit-log.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { InputNeeded, Round } from './round.ts'
import type { NewTask } from '../tasks/tasks.ts'
import type { Client } from './token-verifier.ts'

/** One running call, as a tool sees it. */
export type ToolCall = {
  readonly client: Client
  /** Aborted when the client cancels or goes, its key is revoked or expires, or the server stops; the reason says which. */
  readonly signal: AbortSignal
  /** Tells the client how far it is; absent when it did not ask to be told. `done` must grow from one call to the next. */
  readonly progress?: (message: string, done: number, total?: number) => void
  /** Takes pieces of the answer as they come; there when the call runs as a task, which keeps them. */
  readonly output?: (text: string) => void
  /** Says something to a client that keeps a log, if it wants messages of this level. */
  log(level: LoggingLevel, message: string): void
  /** What came with the call when it is the repetition of one that was answered with a question to the client. */
  readonly round: Round
  /** What the client says it can do; empty where it has not said. */
  readonly capabilities: ClientCapabilities
  /** How long it may wait for the person before the client is told to look at the window; null: as long as it takes. */
  readonly stepAsideAfterMs: number | null
}

/** How a call goes on without its caller. */
export type TaskPlace = Pick<NewTask, 'assistantId' | 'instance' | 'sessionId' | 'args'>

/** What a person is shown and the policy is asked about; absent parts mean "nothing of the kind". */
export type Question = {
  readonly method?: string
  readonly host: string | null
  readonly secrets: ReadonlyArray<SecretUse>
  readonly view: RequestView | null
  readonly risks: ReadonlyArray<Risk>
  readonly reason: string
}

export type AuditNotes = Pick<AuditOp, 'note'>

/** A call that is ready: the question it raises, and what to do once it may run. */
export type Plan<Output> = {
  readonly question?: Question
  readonly onWaiting?: (approval: Approval) => void
  /** Called while the audit entry of an act that a rule allows is on its way to the disk: makes ready what `run` uses, and sends nothing. */
  readonly prepare?: () => void
  /** `op` takes notes for the audit entry: ids, codes and sizes, never text. */
  readonly run: (op: AuditNotes) => Promise<Output>
  /** Called once, however the call ends. */
  readonly onEnd?: () => void
}

type ToolParts<Input extends z.ZodObject, Output extends z.ZodObject> = {
  readonly name: string
  readonly title: string
  /** Written for a language model: when to use it, and what the answers mean. */
  readonly description: string
  readonly annotations: {
    readonly readOnlyHint: boolean
    readonly destructiveHint?: boolean
    readonly idempotentHint?: boolean
    readonly openWorldHint: boolean
  }
  /** What a client needs to see and call it; null: any client. */
  readonly scope: Scope | null
  readonly input: Input
  readonly output: Output
  readonly icons?: ReadonlyArray<Icon>
  /** The text a client without structured output reads; the default is the output as JSON. */
  readonly text?: (output: z.output<Output>) => string
  /** For long work: a client that knows tasks gets one. Says where it queues; throws AppError when it cannot. */
  readonly task?: (args: z.output<Input>) => TaskPlace
  /** What follows the text, such as a link to a resource. */
  readonly more?: (output: z.output<Output>) => ReadonlyArray<ContentBlock>
  readonly plan: (args: z.output<Input>, call: ToolCall) => Plan<z.input<Output>>
}

/** A tool with its types closed over, ready to list and to run. */
export type Tool = {
  readonly name: string
  readonly scope: Scope | null
  /** As `tools/list` sends it. */
  readonly definition: ToolDefinition
  /** SHA-256 of the definition: an approval given for one definition is void for another. */
  readonly definitionHash: string
  /** Throws AppError invalid, naming the arguments that do not fit. */
  readonly parse: (args: unknown) => Record<string, unknown>
  readonly task?: (args: Record<string, unknown>) => TaskPlace
  readonly plan: (args: Record<string, unknown>, call: ToolCall) => Plan<ToolOutput | InputNeeded>
}

export type ToolOutput = {
  readonly content: ReadonlyArray<ContentBlock>
  readonly structured?: Record<string, unknown>
}

export type ToolDefinition = {
  readonly name: string
  readonly title?: string
  readonly description: string
  readonly inputSchema: { type: 'object'; [key: string]: unknown }
  readonly outputSchema?: { type: 'object'; [key: string]: unknown }
  readonly annotations?: ToolParts<z.ZodObject, z.ZodObject>['annotations']
  readonly icons?: Icon[]
}

const errorSchema = {
  type: 'object',
  description: 'Only there when the call failed.',
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    hint: { type: 'string' },
    retryAfterMs: { type: 'number' },
  },
  required: ['code', 'message'],
}

/** Builds everything that does not depend on a call once: JSON schemas, definition and its hash. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  parts: ToolParts<Input, Output>,
): Tool {
  const definition: ToolDefinition = {
    name: parts.name,
    title: parts.title,
    description: parts.description,
    inputSchema: jsonSchema(parts.input, 'input'),
    outputSchema: withError(jsonSchema(parts.output, 'output')),
    annotations: parts.annotations,
    ...(parts.icons === undefined ? {} : { icons: [...parts.icons] }),
  }
  return {
    name: parts.name,
    scope: parts.scope,
    definition,
    definitionHash: createHash('sha256').update(canonicalJson(definition)).digest('hex'),
    parse: (args) => parseArguments(parts.input, args ?? {}),
    ...(parts.task === undefined ? {} : { task: parts.task as Exclude<Tool['task'], undefined> }),
    plan: (args, call) => {
      const plan = parts.plan(args as z.output<Input>, call)
      return {
        ...plan,
        run: async (op) => {
          // Parsed on the way out too: a field that is not declared (a secret among them) cannot slip through.
          const output = parts.output.parse(await plan.run(op))
          const text = parts.text?.(output) ?? JSON.stringify(output)
          return { structured: output, content: [{ type: 'text', text }, ...(parts.more?.(output) ?? [])] }
        },
      }
    },
  }
}

function parseArguments(schema: z.ZodObject, args: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const what = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
  throw new AppError('invalid', `The arguments do not fit. ${what.join('; ')}.`, {
    hint: 'Look at the input schema of the tool and try again.',
  })
}

function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): { type: 'object'; [key: string]: unknown } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-7' })
  return { ...rest, type: 'object' }
}

/**
 * Lets `{error}` stand where the output would be: clients built on the first SDK check structured content against the
 * output schema even when the result is an error, and would throw away what went wrong.
 */
function withError(schema: { type: 'object'; [key: string]: unknown }): { type: 'object'; [key: string]: unknown } {
  const { required, properties, ...rest } = schema
  return {
    ...rest,
    properties: { ...(properties as Record<string, unknown>), error: errorSchema },
    anyOf: [{ required: required ?? [] }, { required: ['error'] }],
  }
}
