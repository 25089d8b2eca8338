import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { startMcpCore } from '../../support/mcp.ts'

// One server in its own process, so that both pay for themselves: `clawkeep`, the real core with rate limits off (and its assistant at a port), or
// `bare`, the SDK as its documentation sets it up, with the same tool and nothing around it.

const Instances = z.object({
  instances: z.array(z.object({ name: z.string(), state: z.string(), message: z.string().nullable() })),
})

async function startBare(): Promise<{ url: string; secret: string }> {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'bare', version: '1.0.0' })
      const config = {
        title: 'List assistants',
        description: 'Lists the assistants that run on this computer, with their state.',
        inputSchema: z.strictObject({}),
        outputSchema: Instances,
      }
      server.registerTool('openclaw_instances', config, async () => {
        const output = { instances: [{ name: 'demo', state: 'running', message: null }] }
        return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: output }
      })
      return server
    },
    { legacy: 'stateless' },
  )
  const serve = toNodeHandler(handler)
  const http = createServer((request, response) => void serve(request as Parameters<typeof serve>[0], response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  process.once('SIGTERM', () => process.exit(0))
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`, secret: 'none' }
}

async function startClawkeep(gatewayPort: string | undefined): Promise<{ url: string; secret: string }> {
  const core = await startMcpCore({
    limits: { perSecond: 1e9, burst: 1e9, concurrent: 256 },
    ...(gatewayPort === undefined ? {} : { gatewayPort: Number(gatewayPort) }),
  })
  process.once('SIGTERM', () => void core.close().finally(() => process.exit(0)))
  return { url: core.url, secret: core.key(['openclaw:read', 'openclaw:write']).secret }
}

const [, , kind, port] = process.argv
const started = kind === 'bare' ? await startBare() : await startClawkeep(port)
console.log(JSON.stringify(started))
