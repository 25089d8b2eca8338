import { type Answer, send } from './http.ts'
import type { McpCore } from './mcp.ts'

export type Session = { secret: string; keyId: string; id: string; revision: string }

export const clientInfo = { name: 'session-test', version: '1.2.3' }

type Options = {
  method?: string
  message?: object
  secret?: string
  id?: string
  lastEventId?: string
  signal?: AbortSignal
}

/** Speaks the session era to a core in plain HTTP. */
export function sessionsOf(core: McpCore) {
  function initialize(secret: string, revision: string, more: object = {}): Promise<Answer> {
    const params = { protocolVersion: revision, capabilities: {}, clientInfo, ...more }
    return send(core.port, {
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
    })
  }

  async function open(revision = '2025-11-25', owner = core.key()): Promise<Session> {
    const { secret, key } = owner
    const answer = await initialize(secret, revision)
    const id = answer.headers['mcp-session-id']
    if (typeof id !== 'string') throw new Error(`No session: ${answer.text}`)
    return { secret, keyId: key.id, id, revision }
  }

  function ask(
    session: Session,
    { method = 'POST', message, secret, id, lastEventId, signal }: Options,
  ): Promise<Answer> {
    return send(core.port, {
      method,
      headers: {
        authorization: `Bearer ${secret ?? session.secret}`,
        'mcp-session-id': id ?? session.id,
        'mcp-protocol-version': session.revision,
        ...(message === undefined ? {} : { 'content-type': 'application/json' }),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      ...(message === undefined ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  return { initialize, open, ask }
}

/** How a client of the session era speaks to one core. */
export type SessionCalls = ReturnType<typeof sessionsOf>

export const ping = { id: 1, method: 'ping' }
export const chat = (words: number, id = 1): object => ({
  id,
  method: 'tools/call',
  params: {
    name: 'openclaw_chat',
    arguments: { message: 'word '.repeat(words).trim() },
    _meta: { progressToken: `p${id}` },
  },
})

export async function status(answer: Promise<Answer>): Promise<number> {
  return (await answer).status
}
