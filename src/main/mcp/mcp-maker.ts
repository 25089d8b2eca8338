import { join } from 'node:path'
import type { DoorSettings } from '../../shared/models/door.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { createOAuthRoutes } from '../oauth/oauth-server.ts'
import type { Vault } from '../vault/vault.ts'
import type { Answers } from './answers.ts'
import type { McpServer } from './mcp-server.ts'
import type { OpenRoute } from './open-route.ts'
import type { ProviderStore } from './provider-store.ts'
import type { runTasks } from './run-tasks.ts'
import type { Tool } from './tool.ts'
import type { createTools } from './tools/tools.ts'

type McpParts = Omit<Parameters<typeof createTools>[0], 'answers'> &
  Omit<Parameters<typeof runTasks>[0], 'tools' | 'verifiers' | 'isLocked'> &
  Omit<Parameters<typeof createOAuthRoutes>[0], 'elsewhere'> & {
    readonly home: string
    readonly version: string
    readonly vault: Vault
    readonly events: ChangeEvents
    readonly apiKeys: ConstructorParameters<typeof McpServer>[0]['verifiers'][number]
    readonly signIns: ConstructorParameters<typeof McpServer>[0]['verifiers'][number]
    readonly provider: ProviderStore
    readonly answers: Answers
  }

/**
 * Makes MCP servers out of the parts of the core, one for each time the door opens. The library is loaded then: it is most
 * of the code, and the window need not wait for it. Tools, tasks and sign-ins are made once and go on from door to door.
 */
export function mcpMaker(parts: McpParts): (door: DoorSettings) => Promise<McpServer> {
  const { home, version, vault, gate, audit, clock, events, apiKeys, signIns, provider, tasks, answers } = parts
  let tools: ReadonlyArray<Tool> | null = null
  let openRoutes: ReadonlyArray<OpenRoute> | null = null

  return async (door) => {
    const [{ McpServer }, { createTools }, { runTasks }, { createOAuthRoutes }, { Introspector }] = await Promise.all([
      import('./mcp-server.ts'),
      import('./tools/tools.ts'),
      import('./run-tasks.ts'),
      import('../oauth/oauth-server.ts'),
      import('./introspector.ts'),
    ])
    const verifiers = [apiKeys, signIns, new Introspector({ source: provider, clock })]
    const isLocked = (): boolean => vault.state !== 'unlocked'
    openRoutes ??= createOAuthRoutes({ ...parts, elsewhere: () => provider.elsewhere() })
    if (tools === null) {
      tools = createTools(parts)
      runTasks({ ...parts, tools, verifiers, isLocked })
    }
    return new McpServer({
      verifiers,
      openRoutes,
      gate,
      audit,
      clock,
      version,
      offer: { tools, resources: answers.resources, changes: answers.changes },
      tasks,
      isLocked,
      onLock: (listener) => vault.onLock(listener),
      door,
      certificateFolder: join(home, 'tls'),
      onDoorChange: () => events.emit('status'),
      onSessions: () => events.emit('sessions'),
    })
  }
}
