import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AuthInfo,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
  createMcpHandler,
} from '@modelcontextprotocol/server'
import { type CallToolDeps, callTool } from './call-tool.ts'
import type { OpenCall } from './open-calls.ts'
import { type TaskDesk, knowsTasks, serveTasks, startTask, tasksExtension } from './tasks-extension.ts'
import type { Client } from './token-verifier.ts'
import type { Tool, ToolCall } from './tool.ts'

export type SdkEndpoint = {
  /** Answers one authenticated message; resolves when the answer is on its way out or the exchange was cancelled. */
  serve(exchange: {
    request: IncomingMessage
    response: ServerResponse
    message: object
    client: Client
    call: OpenCall
  }): Promise<void>
  close(): Promise<void>
}

export type SdkEndpointOptions = CallToolDeps & {
  readonly tools: ReadonlyArray<Tool>
  readonly tasks: TaskDesk
  readonly version: string
}

const instructions =
  "Clawkeep runs the person's assistants and keeps their secrets. Talk to an assistant with openclaw_chat; give it longer work with openclaw_chat_async. To call a web API with a secret, look up its name with secrets_list and use http_request with {{secret:NAME}}; the person is asked first. A refusal is final: do not retry it."

/** Lists may be kept this long: what a key may see never changes while it lives. */
const listTtlMs = 300_000

/**
 * The MCP protocol, both eras, by the official SDK. The low-level Server is used instead of McpServer because it is made
 * anew for every request: the tool definitions are built once and only looked up here.
 */
export function createSdkEndpoint(options: SdkEndpointOptions): SdkEndpoint {
  const tools = new Map(options.tools.map((tool) => [tool.name, tool]))
  const listFor = rememberLists(options.tools)
  const serverInfo = { name: 'clawkeep', title: 'Clawkeep', version: options.version }
  const serverOptions = {
    capabilities: { tools: {}, extensions: { [tasksExtension]: {} } },
    instructions,
    cacheHints: { 'tools/list': { ttlMs: listTtlMs, cacheScope: 'private' } },
  } as const

  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { client, call } = identityOf(authInfo)
      const server = new Server(serverInfo, serverOptions)
      server.setRequestHandler('tools/list', () => ({ tools: listFor(client) }))
      server.setRequestHandler('tools/call', async ({ params }, context) => {
        const tool = tools.get(params.name)
        if (tool === undefined)
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool. Use tools/list.')
        const task = knowsTasks(context) ? startTask(tool, params.arguments, client, options.tasks) : null
        if (task !== null) return task
        const toolCall: ToolCall = { client, signal: call.workSignal, progress: progressOf(context) }
        const { content, structuredContent, isError } = await callTool(tool, params.arguments, toolCall, options)
        return { content: [...content], structuredContent, ...(isError === undefined ? {} : { isError }) }
      })
      serveTasks(server, client, options.tasks)
      return server
    },
    { legacy: 'stateless' },
  )

  return {
    serve: async ({ request, response, message, client, call }) => {
      const authInfo: AuthInfo = { token: '', clientId: client.id, scopes: [...client.scopes], extra: { client, call } }
      const answer = await handler.fetch(toWebRequest(request, call.exchangeSignal), { parsedBody: message, authInfo })
      await send(answer, response)
    },
    close: () => handler.close(),
  }
}

function identityOf(authInfo: AuthInfo | undefined): { client: Client; call: OpenCall } {
  if (authInfo?.extra === undefined) throw new Error('A request reached the SDK without a client')
  return authInfo.extra as { client: Client; call: OpenCall }
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

function progressOf(context: ServerContext): ToolCall['progress'] {
  const progressToken = context.mcpReq._meta?.progressToken
  if (progressToken === undefined) return () => undefined
  return (message, done, total) => {
    const params = { progressToken, progress: done, message, ...(total === undefined ? {} : { total }) }
    // A client that is gone cannot be told; its going stops the call by itself.
    void context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
  }
}

/** Hands on what the protocol needs and no more: the key stays outside. */
function toWebRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('mcp-') && typeof value === 'string') headers[name] = value
  }
  return new Request('http://127.0.0.1/mcp', { method: 'POST', headers, signal })
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  answer.headers.forEach((value, name) => {
    // Ours say no-store; and Node decides about the connection.
    if (name !== 'cache-control' && name !== 'connection') response.setHeader(name, value)
  })
  if (answer.body === null || answer.headers.get('content-type') !== 'text/event-stream') {
    response.writeHead(answer.status).end(await answer.text())
    return
  }
  response.writeHead(answer.status)
  response.flushHeaders()
  try {
    for await (const chunk of answer.body) {
      if (response.destroyed) break
      if (!response.write(chunk)) await drained(response)
    }
  } finally {
    response.end()
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
