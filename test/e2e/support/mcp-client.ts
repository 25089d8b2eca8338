import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Page } from '@playwright/test'
import type { Scope } from '../../../src/shared/models/api-key.ts'
import { ask } from './ask.ts'

/** A real MCP client with a key of its own, as Claude Desktop would be. */
export type McpClient = {
  readonly call: (tool: string, args: Record<string, unknown>) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** Makes a key in the open vault of `page` and connects a client with it. */
export async function connectClient(
  page: Page,
  name = 'Claude Desktop',
  scopes: Scope[] = ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'],
): Promise<McpClient> {
  const { secret } = await ask(page, 'keys.create', { name, scopes })
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  if (mcpUrl === null) throw new Error('the MCP server does not run')
  const client = new Client({ name: 'clawkeep-e2e', version: '1.0.0' })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(mcpUrl), {
      requestInit: { headers: { authorization: `Bearer ${secret}` } },
    }),
  )
  return {
    call: (tool, args) => client.callTool({ name: tool, arguments: args }),
    close: () => client.close(),
  }
}
