import {
  type ClientCapabilities,
  type InputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type Server,
  type ServerContext,
  inputRequired,
} from '@modelcontextprotocol/server'
import { AppError } from '../../shared/app-error.ts'
import { type CallToolDeps, callTool } from './call-tool.ts'
import type { Limits } from './limits.ts'
import type { Offer } from './offer.ts'
import type { OpenCall } from './open-calls.ts'
import { type InputNeeded, type Round, isInputNeeded } from './round.ts'
import { RoundStates, type RoundTarget } from './round-states.ts'
import { serverMaker } from './server-maker.ts'
import { type TaskDesk, knowsTasks, serveTasks, startTask } from './tasks-extension.ts'
import type { Client } from './token-verifier.ts'
import type { Tool, ToolCall } from './tool.ts'

export type DoorServerDeps = CallToolDeps & {
  readonly offer: Offer
  readonly tasks: TaskDesk
  readonly version: string
  readonly limits: Pick<Limits, 'stepAsideAfterMs' | 'stepAsideAgainAfterMs'>
}

/** Who sent a message, and the exchange it came in; travels through the SDK beside the message. */
export type Sender = {
  readonly client: Client
  readonly call: OpenCall
}

const maxCompletions = 100

/**
 * Makes the servers of the SDK, for one request or for a session. The low-level Server is used instead of McpServer because
 * one is made for every request of 2026-07-28: what is listed was built once and is only looked up here.
 */
export class DoorServers {
  readonly #deps: DoorServerDeps
  readonly #tools: ReadonlyMap<string, Tool>
  readonly #listFor: (client: Client) => Array<Tool['definition']>
  readonly #states = new RoundStates()
  readonly #make: (introduces: boolean) => Server

  constructor(deps: DoorServerDeps) {
    this.#deps = deps
    this.#tools = new Map(deps.offer.tools.map((tool) => [tool.name, tool]))
    this.#listFor = rememberLists(deps.offer.tools)
    this.#make = serverMaker(deps, this.#states.verify)
  }

  /** A server that answers every method, for a session. */
  forSession(): Server {
    const server = this.#make(true)
    for (const method of handled) this.#handle(server, method)
    return server
  }

  /** A server that answers this one method: making it is part of every request. */
  forRequest(method: unknown, client: Client): Server {
    const server = this.#make(method === 'server/discover' || method === 'initialize')
    const known = handled.find((name) => name === method)
    if (known !== undefined) this.#handle(server, known)
    else if (typeof method === 'string' && method.startsWith('tasks/')) serveTasks(server, client, this.#deps.tasks)
    return server
  }

  #handle(server: Server, method: (typeof handled)[number]): void {
    const { prompts, resources } = this.#deps.offer
    switch (method) {
      case 'tools/list':
        return server.setRequestHandler(method, (_request, context) => ({
          tools: this.#listFor(senderOf(context).client),
        }))
      case 'tools/call':
        return server.setRequestHandler(method, ({ params }, context) => this.#callTool(params, context, server))
      case 'prompts/list':
        if (prompts === undefined) return
        return server.setRequestHandler(method, () => ({ prompts: prompts.map(({ definition }) => definition) }))
      case 'prompts/get':
        if (prompts === undefined) return
        return server.setRequestHandler(method, ({ params }, context) => this.#getPrompt(params, context, server))
      case 'resources/list':
        if (resources === undefined) return
        return server.setRequestHandler(method, (_request, context) => ({
          resources: resources.list(senderOf(context).client),
        }))
      case 'resources/templates/list':
        if (resources === undefined) return
        return server.setRequestHandler(method, () => ({ resourceTemplates: [...resources.templates] }))
      case 'resources/read':
        if (resources === undefined) return
        return server.setRequestHandler(method, ({ params }, context) => this.#read(params.uri, senderOf(context)))
      case 'completion/complete':
        if (prompts === undefined && resources === undefined) return
        return server.setRequestHandler(method, ({ params }, context) => this.#complete(params, senderOf(context)))
    }
  }

  async #callTool(
    params: { name: string; arguments?: Record<string, unknown> | undefined },
    context: ServerContext,
    server: Server,
  ) {
    const tool = this.#tools.get(params.name)
    if (tool === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool. Use tools/list.')
    const { client, call } = senderOf(context)
    const task = knowsTasks(context) ? startTask(tool, params.arguments, client, this.#deps.tasks) : null
    if (task !== null) return task
    const target = { method: 'tools/call', name: tool.name, args: params.arguments }
    const round = this.#roundOf(target, context)
    const capabilities = server.getClientCapabilities() ?? {}
    const toolCall: ToolCall = {
      client,
      signal: call.workSignal,
      ...progressOf(context),
      log: (level, message) => void context.mcpReq.log(level, message).catch(() => undefined),
      round,
      capabilities,
      stepAsideAfterMs: this.#patience(round, context, capabilities),
    }
    const work = callTool(tool, params.arguments, toolCall, this.#deps)
    call.working(work)
    const result = await work
    return isInputNeeded(result) ? this.#ask(result, target, context) : result
  }

  async #getPrompt(
    params: { name: string; arguments?: Record<string, string> | undefined },
    context: ServerContext,
    server: Server,
  ) {
    const prompt = this.#deps.offer.prompts?.find(({ definition }) => definition.name === params.name)
    if (prompt === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt. Use prompts/list.')
    const missing = prompt.definition.arguments?.find(
      ({ name, required }) => required === true && params.arguments?.[name] === undefined,
    )
    if (missing !== undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The argument ${missing.name} is missing.`)
    const target = { method: 'prompts/get', name: params.name, args: params.arguments }
    const round = this.#roundOf(target, context)
    const result = prompt.get(params.arguments ?? {}, round, server.getClientCapabilities() ?? {})
    return isInputNeeded(result) ? this.#ask(result, target, context) : result
  }

  /** Reading leaves an entry of its own: it hands out what a call brought, maybe minutes later. */
  async #read(uri: string, { client }: Sender) {
    const contents = this.#deps.isLocked() ? null : (this.#deps.offer.resources?.read(uri, client) ?? null)
    const asker = { kind: 'client', id: client.id } as const
    const outcome = contents === null ? 'failed' : 'ok'
    await this.#deps.audit
      .event({ kind: 'tool.call', asker, tool: 'resources/read', outcome })
      .catch((error: unknown) => {
        throw new ProtocolError(
          ProtocolErrorCode.InternalError,
          error instanceof AppError ? error.message : 'Not logged.',
        )
      })
    if (contents === null) throw new ResourceNotFoundError(uri)
    return contents
  }

  #complete(
    params: { ref: { type: string; name?: string; uri?: string }; argument: { name: string; value: string } },
    { client }: Sender,
  ) {
    const { ref, argument } = params
    const { prompts, resources } = this.#deps.offer
    const values =
      ref.type === 'ref/prompt'
        ? prompts?.find(({ definition }) => definition.name === ref.name)?.complete?.(argument.name, argument.value)
        : resources?.complete?.(ref.uri ?? '', argument.name, argument.value, client)
    const shown = (values ?? []).slice(0, maxCompletions)
    return { completion: { values: shown, total: values?.length ?? 0, hasMore: (values?.length ?? 0) > shown.length } }
  }

  #roundOf(target: RoundTarget, context: ServerContext): Round {
    return {
      responses: context.mcpReq.inputResponses ?? {},
      state: this.#states.stateOf(target, context),
    }
  }

  async #ask(needed: InputNeeded, target: RoundTarget, context: ServerContext): Promise<InputRequiredResult> {
    const { inputRequests, state } = needed
    if (state === undefined) return inputRequired({ inputRequests })
    return inputRequired({ inputRequests, requestState: await this.#states.seal(target, state, context) })
  }

  /** A client of 2026-07-28 that can put a question to its user is not left waiting for long. */
  #patience(round: Round, context: ServerContext, { elicitation }: ClientCapabilities): number | null {
    if (context.mcpReq.envelope === undefined || elicitation === undefined) return null
    if (elicitation.form === undefined && elicitation.url !== undefined) return null
    const { stepAsideAfterMs, stepAsideAgainAfterMs } = this.#deps.limits
    return round.state?.kind === 'approval' ? stepAsideAgainAfterMs : stepAsideAfterMs
  }
}

const handled = [
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
] as const

function senderOf(context: ServerContext): Sender {
  const extra = context.http?.authInfo?.extra
  if (extra === undefined) throw new Error('A request reached the SDK without a client')
  return extra as Sender
}

/** One list per set of scopes, made when first asked for. */
function rememberLists(tools: ReadonlyArray<Tool>): (client: Client) => Array<Tool['definition']> {
  const lists = new Map<string, Array<Tool['definition']>>()
  return ({ scopes }) => {
    const key = [...scopes].toSorted().join(' ')
    const known = lists.get(key)
    if (known !== undefined) return known
    const list = tools
      .filter(({ scope }) => scope === null || scopes.includes(scope))
      .map(({ definition }) => definition)
    lists.set(key, list)
    return list
  }
}

function progressOf(context: ServerContext): Pick<ToolCall, 'progress'> {
  const progressToken = context.mcpReq._meta?.progressToken
  if (progressToken === undefined) return {}
  return {
    progress: (message, done, total) => {
      const params = { progressToken, progress: done, message, ...(total === undefined ? {} : { total }) }
      // A client that is gone cannot be told; its going stops the call by itself.
      void context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
    },
  }
}
