import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { type Task, isOver } from '../tasks/task.ts'
import type { Tasks } from '../tasks/tasks.ts'
import type { Client } from './token-verifier.ts'
import type { Tool } from './tool.ts'

/** The tasks extension of revision 2026-07-28 (SEP-2663): its name among the capabilities of both sides. */
export const tasksExtension = 'io.modelcontextprotocol/tasks'

/** The tasks as a client may use them. */
export type TaskDesk = Pick<Tasks, 'create' | 'get' | 'cancel' | 'ttlMs'>

const required = { extensions: { [tasksExtension]: {} } }
const pollIntervalMs = 1000

const Capabilities = z.looseObject({ extensions: z.record(z.string(), z.unknown()).optional() })
const ById = z.looseObject({ taskId: z.string().min(1).max(256) })

/** Whether this request says that its client can be handed a task; said anew with each one, as everything in this revision. */
export function knowsTasks({ mcpReq }: ServerContext): boolean {
  const envelope: Readonly<Record<string, unknown>> | undefined = mcpReq.envelope
  const declared = Capabilities.safeParse(envelope?.[CLIENT_CAPABILITIES_META_KEY]).data
  return declared?.extensions?.[tasksExtension] !== undefined
}

/**
 * Queues the call and gives the answer that says so; null when it is to be run, or refused, at once like any other. The
 * queued call walks the gate when its turn comes.
 */
export function startTask(
  tool: Tool,
  rawArgs: unknown,
  client: Client,
  tasks: TaskDesk,
): (Record<string, unknown> & { content: [] }) | null {
  if (tool.task === undefined || (tool.scope !== null && !client.scopes.includes(tool.scope))) return null
  try {
    const place = tool.task(tool.parse(rawArgs))
    const task = tasks.create({ ...place, client, tool: tool.name, priority: 0 })
    return { resultType: 'task', content: [], ...factsOf(task, tasks) }
  } catch (error) {
    // Arguments that do not fit, a locked vault, no such assistant: the ordinary call says so, and writes it down.
    if (error instanceof AppError && error.code !== 'throttled') return null
    throw asProtocolError(error)
  }
}

/** Adds `tasks/get`, `tasks/update` and `tasks/cancel` for the client's own tasks. */
export function serveTasks(server: Server, client: Client, tasks: TaskDesk): void {
  server.setRequestHandler('tasks/get', { params: ById }, ({ taskId }, context) => {
    mustKnowTasks(context)
    return detailsOf(own(taskId), tasks)
  })
  server.setRequestHandler('tasks/update', { params: ById }, ({ taskId }, context) => {
    mustKnowTasks(context)
    // No task of ours asks its client anything: the person is asked, in the window. Answers to nothing are taken and dropped.
    own(taskId)
    return {}
  })
  server.setRequestHandler('tasks/cancel', { params: ById }, ({ taskId }, context) => {
    mustKnowTasks(context)
    withTasks(() => tasks.cancel(client.id, taskId))
    return {}
  })

  function own(taskId: string): Task {
    return withTasks(() => tasks.get(client.id, taskId))
  }
}

function detailsOf(task: Task, tasks: TaskDesk): Record<string, unknown> {
  const facts = factsOf(task, tasks)
  if (task.result !== null) return { ...facts, result: task.result }
  if (facts['status'] !== 'failed') return facts
  const { code, message, hint } = task.error ?? { code: 'internal', message: 'It failed.' }
  const data = {
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(task.text === '' ? {} : { partialText: task.text }),
  }
  return { ...facts, error: { code: ProtocolErrorCode.InternalError, message, data } }
}

function factsOf(task: Task, tasks: TaskDesk): Record<string, unknown> {
  return {
    taskId: task.id,
    status: statusOf(task),
    statusMessage: messageOf(task),
    createdAt: new Date(task.createdAtMs).toISOString(),
    lastUpdatedAt: new Date(task.updatedAtMs).toISOString(),
    ttlMs: Math.ceil(tasks.ttlMs(task)),
    pollIntervalMs,
  }
}

/** A tool that answered with an error has completed: `failed` is for calls that never came to an answer. */
function statusOf({ state, result }: Task): 'working' | 'completed' | 'failed' | 'cancelled' {
  if (state === 'queued' || state === 'running') return 'working'
  if (result !== null) return 'completed'
  return state === 'cancelled' ? 'cancelled' : 'failed'
}

function messageOf(task: Task): string {
  if (task.error !== null) return task.error.message
  if (task.state === 'queued') return 'It waits for its turn.'
  return isOver(task) ? 'It is done.' : `${task.instance ?? 'It'} is at work; ${task.text.length} characters so far.`
}

function mustKnowTasks(context: ServerContext): void {
  if (context.mcpReq.envelope === undefined)
    throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found')
  if (!knowsTasks(context)) throw new MissingRequiredClientCapabilityError({ requiredCapabilities: required })
}

function withTasks<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw asProtocolError(error)
  }
}

/** Another client's task is as unknown as one that never was. */
function asProtocolError(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  const code = error.code === 'not_found' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  const text = error.hint === undefined ? error.message : `${error.message} ${error.hint}`
  return new ProtocolError(code, text, { code: error.code })
}
