import type { Assistant } from '../../shared/models/assistant.ts'
import { AppError } from '../../shared/app-error.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { TaskRunner } from '../tasks/task-runner.ts'
import type { Task } from '../tasks/task.ts'
import type { Tasks } from '../tasks/tasks.ts'
import type { SignIns } from '../oauth/sign-ins.ts'
import type { ApiKeys } from './api-keys.ts'
import { type CallToolDeps, callTool } from './call-tool.ts'
import { firstRound, isInputNeeded } from './round.ts'
import type { Client, EndedFamily, TokenVerifier } from './token-verifier.ts'
import type { Tool } from './tool.ts'

type RunTasksDeps = CallToolDeps & {
  readonly tasks: Tasks
  readonly tools: ReadonlyArray<Tool>
  readonly apiKeys: Pick<ApiKeys, 'find'>
  readonly signIns: Pick<SignIns, 'list'>
  readonly verifiers: ReadonlyArray<Pick<TokenVerifier, 'onRevoked' | 'onFamilyEnded'>>
  readonly supervisor: { list(): ReadonlyArray<Assistant> }
  readonly events: ChangeEvents
  readonly clock: Clock
}

/** Runs the queued calls of clients through the gate, as if each client made its call now. They end with `tasks.dispose()`. */
export function runTasks(deps: RunTasksDeps): void {
  const { tasks, events, clock, supervisor } = deps
  const tools = new Map(deps.tools.map((tool) => [tool.name, tool]))
  const runner = new TaskRunner({
    tasks,
    clock,
    clientOf: (task) => clientOf(task, deps),
    isReady: (assistantId) => isReady(assistantId, supervisor.list()),
    run: async (task, { client, signal, output }) => {
      const tool = tools.get(task.tool)
      if (tool === undefined) throw new AppError('not_found', 'There is no such tool any more.')
      const result = await callTool(tool, task.args, { ...nobodyListens, client, signal, output }, deps)
      if (isInputNeeded(result)) throw new AppError('refused', 'This call needs its client, and a task has none.')
      const { content, structuredContent = {}, isError } = result
      const texts = content.flatMap((part) => (part.type === 'text' ? { type: 'text' as const, text: part.text } : []))
      return { content: texts, structuredContent, ...(isError === undefined ? {} : { isError }) }
    },
  })
  const endTasks = (id: string): void => tasks.endClient(id, new AppError('unauthorized', 'This key was revoked.'))
  /** A program that goes on with another sign-in keeps its tasks, unless a thief may have made them. */
  const endStolen = ({ clientId, familyId, stolen }: EndedFamily): void => {
    if (stolen) tasks.endClient(clientId, new AppError('unauthorized', 'This sign-in was revoked.'), familyId)
  }
  for (const verifier of deps.verifiers) {
    verifier.onRevoked?.(endTasks)
    verifier.onFamilyEnded?.(endStolen)
  }
  events.on((topic) => (topic === 'assistants' ? runner.wake() : undefined))
}

/** Who made the call is not there any more: it is told nothing, asked nothing, and waits as long as it takes. */
const nobodyListens = {
  log: () => undefined,
  round: firstRound,
  capabilities: {},
  stepAsideAfterMs: null,
}

/**
 * A key or a sign-in is looked up again; it need not have a live token now, since a task goes on between two of them. What
 * another server vouched for when the task was made counts until it is revoked.
 */
function clientOf({ client }: Task, { apiKeys, signIns }: Pick<RunTasksDeps, 'apiKeys' | 'signIns'>): Client | null {
  if (client.kind === 'key') return apiKeys.find(client.id)
  if (client.kind === 'introspected') return { ...client, expiresAtMs: null }
  const signIn = signIns.list().find(({ id, state }) => id === client.id && state === 'active')
  if (signIn === undefined) return null
  const scopes = client.scopes.filter((scope) => signIn.scopes.includes(scope))
  return { ...client, scopes, expiresAtMs: null }
}

/** One that is gone counts as ready: the call says so. */
function isReady(id: string, assistants: ReadonlyArray<Assistant>): boolean {
  const state = assistants.find((assistant) => assistant.id === id)?.state
  return state === undefined || state === 'running' || state === 'unhealthy'
}
