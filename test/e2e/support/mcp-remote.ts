import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'

const program = join(dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json')), 'dist/proxy.js')

/** The real `mcp-remote` without a key, as a program starts it that only knows stdio. */
export type McpRemote = {
  /** What it wants a browser to open; it does not come when it is signed in already. */
  readonly addressToOpen: Promise<string>
  readonly connected: Promise<Client>
}

/** Starts it with a home of its own in `folder`, where it keeps its tokens; there is no browser it could open. */
export function startMcpRemote(url: string, folder: string): McpRemote {
  const home = join(folder, 'mcp-remote')
  mkdirSync(home, { recursive: true })
  const client = new Client({ name: 'clawkeep-e2e', version: '1.0.0' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, url, '--transport', 'http-only'],
    env: { PATH: dirname(process.execPath), HOME: home },
    stderr: 'pipe',
  })
  const addressToOpen = new Promise<string>((resolve) => {
    let said = ''
    transport.stderr?.on('data', (part: Buffer) => {
      said += part.toString()
      const found = /by visiting:\s+(http\S+)\s/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  return { addressToOpen, connected: client.connect(transport as Transport, { timeout: 60_000 }).then(() => client) }
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
