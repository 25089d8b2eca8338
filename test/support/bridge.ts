import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { BridgeWaits } from '../../src/main/mcp/bridge-wait.ts'
import { runStdioBridge } from '../../src/main/mcp/stdio-bridge.ts'

/** What comes and goes on a line. */
export type Message = {
  id?: unknown
  method?: string
  params?: Record<string, unknown>
  result?: unknown
  error?: { code: number; message: string }
}
type Handler = (message: Message, response: ServerResponse, request: IncomingMessage) => void

const opened: Array<() => void> = []

/** Ends every bridge and every server of a test. */
export function closeBridges(): void {
  for (const close of opened.splice(0)) close()
}

/** A bridge to a server that answers as the test says. */
export async function bridgeTo(
  handler: Handler,
  {
    locked = () => false,
    found = () => true,
    waits = {},
  }: { locked?: () => boolean; found?: () => boolean; waits?: Partial<BridgeWaits> } = {},
) {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => handler(JSON.parse(text === '' ? '{}' : text) as Message, response, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const stop = new AbortController()
  const received: Message[] = []
  let rest = ''
  stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    received.push(...lines.map((line) => JSON.parse(line) as Message))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const locate = async () => (found() ? { url, locked: locked() } : null)
  const done = runStdioBridge({ locate, key: 'oc_sk_test', stdin, stdout, signal: stop.signal, waits })
  opened.push(() => stop.abort())
  const write = (message: unknown): void => void stdin.write(`${JSON.stringify(message)}\n`)
  return { stdin, received, done, stop, write, server }
}

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
