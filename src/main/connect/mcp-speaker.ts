import { spawn } from 'node:child_process'
import { AppError } from '../../shared/app-error.ts'
import { onMessageLines } from '../mcp/message-lines.ts'
import type { Target } from './entry.ts'

/** Speaks MCP as a client of the session era does: one request, one answer. Throws AppError with what the other end said. */
export type Speaker = {
  readonly request: (method: string, params: object) => Promise<Readonly<Record<string, unknown>>>
  readonly notify: (method: string) => Promise<void>
  readonly close: () => Promise<void>
}

type Message = { readonly id?: unknown; readonly result?: unknown; readonly error?: { readonly message?: unknown } }

const longestNote = 200

/** A speaker for what an entry leads to; everything it starts ends with the signal. */
export function speakerFor(target: Target, signal: AbortSignal): Speaker {
  return target.kind === 'http' ? overHttp(target.url, target.key, signal) : overCommand(target.command, signal)
}

function overHttp(url: string, key: string, signal: AbortSignal): Speaker {
  let lastId = 0
  let session: string | null = null
  let revision: string | null = null

  const send = async (message: object): Promise<Response> => {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === null ? {} : { 'mcp-session-id': session }),
        ...(revision === null ? {} : { 'mcp-protocol-version': revision }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    }).catch((error: unknown) => {
      if (signal.aborted) throw tooSlow()
      throw new AppError('unavailable', `Nothing answers at ${url}.`, {
        hint: 'Start Clawkeep and try again.',
        cause: error,
      })
    })
    session = response.headers.get('mcp-session-id') ?? session
    return response
  }

  return {
    request: async (method, params) => {
      const id = ++lastId
      const response = await send({ id, method, params })
      const message = messageIn(await response.text(), id)
      if (message === null)
        throw new AppError('unavailable', `The answer to ${method} was not MCP (HTTP ${response.status}).`, {
          hint: 'See whether another program has taken the port.',
        })
      const result = resultOf(message)
      if (method === 'initialize' && typeof result['protocolVersion'] === 'string') revision = result['protocolVersion']
      return result
    },
    notify: async (method) => void (await (await send({ method })).text()),
    close: async () => {
      if (session === null) return
      const headers = { authorization: `Bearer ${key}`, 'mcp-session-id': session }
      await fetch(url, { method: 'DELETE', redirect: 'error', signal, headers }).catch(() => undefined)
    },
  }
}

function overCommand([command = '', ...args]: ReadonlyArray<string>, signal: AbortSignal): Speaker {
  const child = spawn(command, args, { env: clientEnvironment(), stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const waiting = new Map<number, { resolve: (message: Message) => void; reject: (error: AppError) => void }>()
  let lastId = 0
  let said = ''
  let ended: AppError | null = null

  const end = (error: AppError): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-longestNote)))
  child.stdin.on('error', () => undefined)
  child.once('error', () =>
    end(
      new AppError('unavailable', `${command} could not be started.`, {
        hint: 'Repair the connection, so that its path is right again.',
      }),
    ),
  )
  child.once('close', (code) => {
    const words = said.trim().split('\n').slice(-2).join(' ')
    end(
      new AppError('unavailable', `The bridge ended with ${code ?? 'a signal'}${words === '' ? '' : `: ${words}`}`, {
        hint: 'See that Clawkeep is running, then try again.',
      }),
    )
  })
  onMessageLines(child.stdout, (line) => {
    const message = line === null ? null : parse(line)
    if (typeof message?.id !== 'number') return
    waiting.get(message.id)?.resolve(message)
    waiting.delete(message.id)
  })
  const stop = (): void => {
    child.stdin.end()
    child.kill()
  }
  signal.addEventListener('abort', () => {
    end(tooSlow())
    stop()
  })

  return {
    request: async (method, params) => {
      if (ended !== null) throw ended
      const id = ++lastId
      const answer = new Promise<Message>((resolve, reject) => waiting.set(id, { resolve, reject }))
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      return resultOf(await answer)
    },
    notify: async (method) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`),
    close: async () => stop(),
  }
}

/** What a program gives to what it starts: nothing that steers Clawkeep or Node from outside. */
function clientEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CLAWKEEP_|NODE_|ELECTRON_)/.test(name))
  return Object.fromEntries(kept)
}

/** The answer to `id` in a JSON body or in an event stream; a refusal at the door has no id. */
function messageIn(body: string, id: number): Message | null {
  const texts = body.startsWith('{')
    ? [body]
    : body.split(/\r?\n\r?\n/).map((event) =>
        event
          .split(/\r?\n/)
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice('data:'.length).trim())
          .join('\n'),
      )
  const messages = texts.flatMap((text) => parse(text) ?? [])
  return messages.find((message) => message.id === id) ?? messages.find(({ error }) => error !== undefined) ?? null
}

function resultOf({ result, error }: Message): Readonly<Record<string, unknown>> {
  if (typeof result === 'object' && result !== null) return result as Record<string, unknown>
  const words = typeof error?.message === 'string' ? error.message.slice(0, longestNote) : 'It gave no reason.'
  throw new AppError('refused', `Clawkeep refused: ${words}`, { hint: 'Repair the connection to give it a new key.' })
}

function parse(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Message) : null
  } catch {
    return null
  }
}

function tooSlow(): AppError {
  return new AppError('timeout', 'There was no answer in time.', {
    hint: 'See that Clawkeep is running, then try again.',
  })
}
