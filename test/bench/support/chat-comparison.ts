import { fileURLToPath } from 'node:url'
import { type ChildProcess, spawn } from 'node:child_process'
import { type Burst, compare, startProcess, type Target } from './mcp-load.ts'
import { freePort } from '../../support/free-port.ts'

const load = { bursts: 8, callsPerBurst: 100 }
const expected = 'The answer comes at once.'
const args = { message: 'Say something.' }
const token = 'gateway-token-for-tests'
const revision = '2025-11-25'

type Compared = { readonly connections: number; readonly ours: Burst; readonly theirs: Burst }

/**
 * `openclaw_chat` end to end on one and the same gateway: Clawkeep with everything on, and openclaw-mcp over its HTTP
 * transport, each in one session of 2025-11-25, which is the latest that openclaw-mcp speaks.
 */
export async function compareChat(report: (compared: Compared) => void): Promise<void> {
  const gateway = await startProcess<{ port: number }>([fileURLToPath(new URL('instant-gateway.ts', import.meta.url))])
  const children: ChildProcess[] = [gateway.process]
  try {
    const ours = await startClawkeep(gateway.said.port)
    children.push(ours.process)
    const theirs = await startBridge(gateway.said.port)
    children.push(theirs.process)
    for (const connections of [1, 32]) {
      const [a, b] = await compare(ours, theirs, { ...load, connections })
      report({ connections, ours: a, theirs: b })
    }
  } finally {
    for (const child of children) child.kill('SIGTERM')
  }
}

async function startClawkeep(gatewayPort: number): Promise<Target> {
  const { process, said } = await startProcess<{ url: string; secret: string }>([
    fileURLToPath(new URL('mcp-process.ts', import.meta.url)),
    'clawkeep',
    String(gatewayPort),
  ])
  return { process, ...(await openSession(said.url, { authorization: `Bearer ${said.secret}` })) }
}

/** Its log is thrown away. */
async function startBridge(gatewayPort: number): Promise<Target> {
  const port = await freePort()
  const file = fileURLToPath(import.meta.resolve('openclaw-mcp'))
  const options = ['--transport', 'http', '--host', '127.0.0.1', '--port', String(port)]
  const gateway = ['--openclaw-url', `http://127.0.0.1:${gatewayPort}`, '--gateway-token', token]
  const child = spawn(process.execPath, [file, ...options, ...gateway], { stdio: 'ignore' })
  return { process: child, ...(await openSession(`http://127.0.0.1:${port}/mcp`, {})) }
}

async function openSession(url: string, credential: Record<string, string>): Promise<Omit<Target, 'process'>> {
  const headers = { ...credential, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const clientInfo = { name: 'bench', version: '1.0.0' }
  const initialize = { protocolVersion: revision, capabilities: {}, clientInfo }
  const session = await untilItAnswers(() => post(url, headers, 'initialize', initialize))
  const message = { method: 'tools/call', params: { name: 'openclaw_chat', arguments: args } }
  return {
    url,
    headers: { ...headers, 'mcp-session-id': session, 'mcp-protocol-version': revision },
    message,
    expected,
  }
}

async function post(url: string, headers: Record<string, string>, method: string, params: object): Promise<string> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method, params })
  const answer = await fetch(url, { method: 'POST', headers, body })
  await answer.text()
  return answer.headers.get('mcp-session-id') ?? ''
}

async function untilItAnswers<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
