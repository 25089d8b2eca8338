import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Stream } from 'node:stream'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'

const require = createRequire(import.meta.url)
const mcpRemote = join(dirname(require.resolve('mcp-remote/package.json')), 'dist/proxy.js')
const inspector = join(
  dirname(require.resolve('@modelcontextprotocol/inspector/package.json')),
  'clients/launcher/build/index.js',
)
const inspectorTimeoutMs = 60_000

/** The real `mcp-remote` without a key, as a program starts it that only knows stdio. */
export type McpRemote = {
  /** What it wants a browser to open; it does not come when it is signed in already. */
  readonly addressToOpen: Promise<string>
  readonly connected: Promise<Client>
}

/** Starts it with a home of its own in `folder`, where it keeps its tokens; there is no browser it could open. */
export function startMcpRemote(url: string, folder: string): McpRemote {
  const client = new Client({ name: 'clawkeep-e2e', version: '1.0.0' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [mcpRemote, url, '--transport', 'http-only'],
    env: environment(join(folder, 'mcp-remote')),
    stderr: 'pipe',
  })
  const connected = client.connect(transport as Transport, { timeout: 60_000 }).then(() => client)
  return { addressToOpen: addressIn(transport.stderr), connected }
}

/** The real Inspector on the command line, without a key; `said` is what it printed when it has ended well. */
export function startInspector(
  url: string,
  { folder, port }: { folder: string; port: number },
  method: ReadonlyArray<string>,
): { readonly addressToOpen: Promise<string>; readonly said: Promise<string> } {
  const callback = `http://127.0.0.1:${port}/oauth/callback`
  const common = [
    '--cli',
    '--server-url',
    url,
    '--transport',
    'http',
    '--callback-url',
    callback,
    '--format',
    'json',
    '-q',
  ]
  const child = spawn(process.execPath, [inspector, ...common, ...method], {
    // It wants a terminal to ask at, or a browser that it may open: there is none, so it says the address as well.
    env: { ...environment(join(folder, 'inspector')), MCP_AUTO_OPEN_ENABLED: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: inspectorTimeoutMs,
  })
  const said = Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'exit')]).then(
    ([parts, [code]]) => {
      if (code !== 0) throw new Error(`the Inspector ended with ${String(code)}`)
      return parts.join('')
    },
  )
  // Whoever waits for the address learns that none will come.
  const ended = said.then(() => Promise.reject(new Error('the Inspector asked for no browser')))
  return { addressToOpen: Promise.race([addressIn(child.stderr), ended]), said }
}

function environment(home: string): Record<string, string> {
  mkdirSync(home, { recursive: true })
  return { PATH: dirname(process.execPath), HOME: home }
}

/** The address of an authorization endpoint in what a program says. */
function addressIn(said: Stream | null): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    said?.on('data', (part: Buffer | string) => {
      text += part.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/authorize\?\S+(?=\s)/.exec(text)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
}

/** A browser without scripts: opens the address, looks again as the page says, and follows it to the program's own address. */
export async function browse(address: string, mcpUrl: string): Promise<Response> {
  const { origin } = new URL(mcpUrl)
  let at = new URL(address)
  for (let looks = 0; looks < 300; looks++) {
    const answer = await fetch(at, { redirect: 'manual' })
    const location = answer.headers.get('location')
    if (location !== null) at = new URL(location, at)
    else if (at.origin !== origin) return answer
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The browser never came back to the program')
}
