export type Snippet = {
  readonly program: string
  /** Where it belongs, in words. */
  readonly where: string
  readonly text: string
  readonly note: string | null
}

/** What the snippets are made of: the real address, key and home folder. */
export type Connection = { readonly mcpUrl: string; readonly key: string; readonly home: string }

/**
 * Ready pieces of configuration for the programs people use. Claude Desktop starts a program instead of calling an address:
 * it gets the bridge, which finds the running Clawkeep by its home folder.
 */
export function snippets({ mcpUrl, key, home }: Connection): ReadonlyArray<Snippet> {
  const authorization = `Bearer ${key}`
  return [
    {
      program: 'Claude Desktop',
      where: 'claude_desktop_config.json (Settings, Developer, Edit config)',
      text: json({
        mcpServers: {
          clawkeep: {
            command: '/path/to/clawkeep/bin/clawkeep',
            args: ['mcp'],
            env: { CLAWKEEP_HOME: home, CLAWKEEP_API_KEY: key },
          },
        },
      }),
      note: 'Put in the full path of clawkeep on this computer. Then restart Claude Desktop.',
    },
    {
      program: 'Cursor',
      where: '~/.cursor/mcp.json',
      text: json({ mcpServers: { clawkeep: { url: mcpUrl, headers: { Authorization: authorization } } } }),
      note: null,
    },
    {
      program: 'VS Code',
      where: 'mcp.json (command “MCP: Open User Configuration”)',
      text: json({ servers: { clawkeep: { type: 'http', url: mcpUrl, headers: { Authorization: authorization } } } }),
      note: null,
    },
    {
      program: 'Claude Code',
      where: 'a terminal',
      text: `claude mcp add --transport http clawkeep ${mcpUrl} \\\n  --header "Authorization: ${authorization}"`,
      note: 'The key will stand in the history of that terminal; a leading space keeps it out in most shells.',
    },
  ]
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
