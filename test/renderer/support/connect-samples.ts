import type { Connection, ConnectionPlan, Snippet } from '../../../src/shared/models/connection.ts'

const minuteMs = 60_000

/** A program that is on this computer and not connected. */
export function aProgram(more: Partial<Connection> = {}): Connection {
  return {
    program: 'cursor',
    name: 'Cursor',
    state: 'found',
    problem: null,
    file: '/home/ada/.cursor/mcp.json',
    transport: 'http',
    afterwards: 'Cursor sees the change by itself.',
    defaultScopes: ['openclaw:read', 'openclaw:write', 'secrets:list'],
    connected: null,
    ...more,
  }
}

/** What stands with a program that is connected. */
export const isConnected: NonNullable<Connection['connected']> = {
  keyId: 'key_claude',
  scopes: ['openclaw:read', 'openclaw:write'],
  sinceMs: Date.now() - 60 * minuteMs,
  lastSeenMs: Date.now() - 2 * minuteMs,
  trial: null,
}

/** A change as the core works it out. */
export function aPlan(more: Partial<ConnectionPlan> = {}): ConnectionPlan {
  return {
    program: 'cursor',
    act: 'add',
    scopes: ['openclaw:read', 'openclaw:write', 'secrets:list'],
    replace: false,
    file: '/home/ada/.cursor/mcp.json',
    diff: [
      '--- /home/ada/.cursor/mcp.json',
      '+++ /home/ada/.cursor/mcp.json',
      '@@ -1,3 +1,9 @@',
      ' {',
      '   "mcpServers": {',
      '+    "clawkeep": { "headers": { "Authorization": "Bearer oc_sk_••••••" } }',
      '   }',
    ].join('\n'),
    notes: ['A copy of the file as it is now is kept in Clawkeep’s own folder.'],
    digest: 'a'.repeat(64),
    ...more,
  }
}

/** Ready text for two programs and for any other. */
export const someSnippets: ReadonlyArray<Snippet> = [
  {
    id: 'cursor',
    name: 'Cursor',
    where: '/home/ada/.cursor/mcp.json',
    text: '{ "Authorization": "Bearer oc_sk_your_key" }',
    command: null,
    note: null,
  },
  {
    id: 'claude-code',
    name: 'Claude Code',
    where: '/home/ada/.claude.json',
    text: '{}',
    command: 'claude mcp add clawkeep --header "Authorization: Bearer oc_sk_your_key"',
    note: null,
  },
  {
    id: 'generic',
    name: 'Any other program',
    where: 'the program’s MCP settings',
    text: '{ "Authorization": "Bearer oc_sk_your_key" }',
    command: null,
    note: null,
  },
]
