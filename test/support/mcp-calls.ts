import { type Answer, messageOf, send } from './http.ts'
import type { McpCore } from './mcp.ts'

type PostOptions = { signal?: AbortSignal; notification?: boolean }

/** Speaks to a core in plain HTTP, one message at a time, as the simplest client would. */
export function callsTo(core: McpCore) {
  const post = (
    token: string | undefined,
    method: string,
    params?: object,
    options: PostOptions = {},
  ): Promise<Answer> => {
    const authorization = token === undefined ? undefined : `Bearer ${token}`
    const message = { jsonrpc: '2.0', ...(options.notification === true ? {} : { id: 1 }), method, params }
    return send(core.port, {
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(message),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  }
  return {
    post,
    call: (token: string, name: string, args: object = {}, options: PostOptions = {}): Promise<Answer> =>
      post(token, 'tools/call', { name, arguments: args }, options),
    /** How the newest call of a tool by this key ended, as the log has it. */
    closerOf: async (
      tool: string,
      keyId: string,
    ): Promise<{ outcome?: string | undefined; code?: string | undefined }> => {
      await core.audit.flush()
      const { entries } = core.audit.list({ limit: 20, kinds: ['tool.call'], askerId: keyId })
      const { outcome, code } = entries.find((entry) => entry.tool === tool && entry.phase !== 'open') ?? {}
      return { outcome, code }
    },
  }
}

/** The code of a tool's error result; undefined when it went well. */
export function errorCode(answer: Answer): string | undefined {
  return (messageOf(answer).result?.['structuredContent'] as { error?: { code: string } } | undefined)?.error?.code
}
