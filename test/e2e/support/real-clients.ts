import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { appFolder } from '../../support/electron.ts'
import { clients, type CallAnswer, type TestClient } from '../../support/mcp.ts'

type Place = { readonly url: string; readonly key: string; readonly home: string; readonly folder: string }

/** Connects as a program would that was given this address and this key. */
type ConnectReal = (place: Place) => Promise<TestClient>

function overHttp(name: string): ConnectReal {
  const connect = clients.find(([known]) => known === name)?.[1]
  if (connect === undefined) throw new Error(`there is no client ${name}`)
  return ({ url, key }) => connect({ url }, key)
}

/** As Claude Desktop does it: the command is started with a key file and spoken to over its standard input and output. */
const overCommand: ConnectReal = async ({ key, home, folder }) => {
  const keyFile = join(folder, 'client.key')
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
  const client = new FirstClient({ name: 'clawkeep-e2e', version: '1.0.0' })
  const transport = new StdioClientTransport({
    command: join(appFolder, 'bin/clawkeep'),
    args: ['mcp', '--home', home, '--key-file', keyFile],
    env: { PATH: process.env['PATH'] ?? '' },
  })
  await client.connect(transport as Transport)
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as unknown as CallAnswer,
    close: () => client.close(),
  }
}

/** The kinds of client that exist in the field. */
export const realClients: ReadonlyArray<[name: string, connect: ConnectReal]> = [
  ['the first SDK', overHttp('the first SDK')],
  ['the current SDK', overHttp('the current SDK, auto')],
  ['the stdio bridge', overCommand],
]
