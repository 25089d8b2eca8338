export type Snippet = {
  readonly program: string
  /** Where it belongs, in words. */
  readonly where: string
  readonly text: string
  readonly note: string | null
}

/**
 * Ready pieces of configuration for the programs people use. `name` is what the program calls Clawkeep; Claude Desktop starts
 * a program instead of calling an address, so its key stands in a file of its own.
 */
export function snippets(mcpUrl: string, key: string): ReadonlyArray<Snippet> {
  const authorization = `Bearer ${key}`
  return [
    {
      program: 'Claude Desktop',
      where: 'claude_desktop_config.json (Settings, Developer, Edit config)',
      text: json({
        mcpServers: { clawkeep: { command: 'clawkeep', args: ['mcp', '--key-file', '/path/to/claude-desktop.key'] } },
      }),
      note: 'Save the key alone in that file, readable by you only, and write its full path. If the program is not found, write the full path of clawkeep too.',
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
