import type { Scope } from '../../shared/models/api-key.ts'
import type { ProgramId } from '../../shared/models/connection.ts'
import { at, type Machine, namedFolder, settingsFolder } from './machine.ts'

/** `json` is read by the program as it stands in RFC 8259; `jsonc` may hold comments and trailing commas. */
export type SettingsFormat = 'json' | 'jsonc' | 'toml'

/** One program: where it keeps its MCP servers and what an entry looks like. */
export type Program = {
  readonly id: ProgramId
  readonly name: string
  /** Where its settings may be: the first that exists counts, else the first whose folder exists, else the first. */
  readonly files: (machine: Machine) => ReadonlyArray<string>
  /** Files and folders that are only there when the program is. */
  readonly traces: (machine: Machine) => ReadonlyArray<string>
  /** Names it has on PATH. */
  readonly commands: ReadonlyArray<string>
  readonly format: SettingsFormat
  /** The way to the object that holds the servers by name. */
  readonly path: ReadonlyArray<string>
  /** The shape of an entry: the names of its fields; `null`: the program only starts programs. */
  readonly http: {
    readonly url: string
    readonly headers: string
    readonly more: Readonly<Record<string, string>>
  } | null
  readonly defaultScopes: ReadonlyArray<Scope>
  readonly afterwards: string
  /** One line for a terminal that makes the same entry; `header` holds the key. */
  readonly command?: (parts: { readonly url: string; readonly header: string; readonly entry: object }) => string
}

const chatAndNames: ReadonlyArray<Scope> = ['openclaw:read', 'openclaw:write', 'secrets:list']
const plainHttp = { url: 'url', headers: 'headers', more: {} }

/** VS Code's own folder, also where its extensions keep things (`userDataPath` of microsoft/vscode). */
function vscodeFolder(machine: Machine): string {
  const portable = namedFolder(machine, 'VSCODE_PORTABLE')
  if (portable !== null) return at(machine, portable, 'user-data', 'User')
  return at(machine, namedFolder(machine, 'VSCODE_APPDATA') ?? settingsFolder(machine), 'Code', 'User')
}

function clineFolder(machine: Machine): string {
  return namedFolder(machine, 'CLINE_DIR') ?? at(machine, machine.home, '.cline')
}

function clineExtension(machine: Machine): string {
  return at(machine, vscodeFolder(machine), 'globalStorage', 'saoudrizwan.claude-dev')
}

function zedFolder(machine: Machine): string {
  if (machine.platform === 'darwin') return at(machine, machine.home, '.config', 'zed')
  if (machine.platform === 'win32') return at(machine, settingsFolder(machine), 'Zed')
  return at(machine, namedFolder(machine, 'FLATPAK_XDG_CONFIG_HOME') ?? settingsFolder(machine), 'zed')
}

function codexFolder(machine: Machine): string {
  return namedFolder(machine, 'CODEX_HOME') ?? at(machine, machine.home, '.codex')
}

function geminiFolder(machine: Machine): string {
  return at(machine, namedFolder(machine, 'GEMINI_CLI_HOME') ?? machine.home, '.gemini')
}

function openclawFolder(machine: Machine): string {
  const home = namedFolder(machine, 'OPENCLAW_HOME') ?? machine.home
  return namedFolder(machine, 'OPENCLAW_STATE_DIR') ?? at(machine, home, '.openclaw')
}

/** The folder that the store version of Claude Desktop really writes to when it writes to %APPDATA%. */
function claudeStoreFolder(machine: Machine): ReadonlyArray<string> {
  const local = machine.platform === 'win32' ? namedFolder(machine, 'LOCALAPPDATA') : null
  if (local === null) return []
  return [at(machine, local, 'Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude')]
}

function claudeDesktopFolders(machine: Machine): ReadonlyArray<string> {
  return [at(machine, settingsFolder(machine), 'Claude'), ...claudeStoreFolder(machine)]
}

function macApp(machine: Machine, name: string): ReadonlyArray<string> {
  return machine.platform === 'darwin' ? [`/Applications/${name}.app`] : []
}

const quoted = (text: string): string => `"${text}"`

/** Every program that Clawkeep knows how to connect, in the order in which they are shown. */
export const programs: ReadonlyArray<Program> = [
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    files: (machine) =>
      claudeDesktopFolders(machine).map((folder) => at(machine, folder, 'claude_desktop_config.json')),
    traces: (machine) => [...claudeDesktopFolders(machine), ...macApp(machine, 'Claude')],
    commands: ['claude-desktop'],
    format: 'json',
    path: ['mcpServers'],
    http: null,
    defaultScopes: chatAndNames,
    afterwards: 'Quit Claude Desktop and start it again.',
  },
  {
    id: 'claude-code',
    name: 'Claude Code',
    files: (machine) => [at(machine, namedFolder(machine, 'CLAUDE_CONFIG_DIR') ?? machine.home, '.claude.json')],
    traces: (machine) => [namedFolder(machine, 'CLAUDE_CONFIG_DIR') ?? at(machine, machine.home, '.claude')],
    commands: ['claude'],
    format: 'json',
    path: ['mcpServers'],
    http: { ...plainHttp, more: { type: 'http' } },
    defaultScopes: chatAndNames,
    afterwards: 'Start a new session of Claude Code.',
    command: ({ url, header }) =>
      `claude mcp add --scope user --transport http clawkeep ${url} --header ${quoted(header)}`,
  },
  {
    id: 'cursor',
    name: 'Cursor',
    files: (machine) => [at(machine, machine.home, '.cursor', 'mcp.json')],
    traces: (machine) => [
      at(machine, machine.home, '.cursor'),
      at(machine, settingsFolder(machine), 'Cursor'),
      ...macApp(machine, 'Cursor'),
    ],
    commands: ['cursor'],
    format: 'jsonc',
    path: ['mcpServers'],
    http: plainHttp,
    defaultScopes: chatAndNames,
    afterwards: 'Cursor sees the change by itself; switch clawkeep on under Settings, MCP if it is off.',
  },
  {
    id: 'vscode',
    name: 'VS Code',
    files: (machine) => [at(machine, vscodeFolder(machine), 'mcp.json')],
    traces: (machine) => [vscodeFolder(machine), ...macApp(machine, 'Visual Studio Code')],
    commands: ['code'],
    format: 'jsonc',
    path: ['servers'],
    http: { ...plainHttp, more: { type: 'http' } },
    defaultScopes: chatAndNames,
    afterwards: 'VS Code sees the change by itself; it asks once whether you trust the server.',
    command: ({ entry }) => `code --add-mcp '${JSON.stringify({ name: 'clawkeep', ...entry })}'`,
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    files: (machine) => [at(machine, machine.home, '.codeium', 'windsurf', 'mcp_config.json')],
    traces: (machine) => [
      at(machine, machine.home, '.codeium', 'windsurf'),
      at(machine, settingsFolder(machine), 'Windsurf'),
      ...macApp(machine, 'Windsurf'),
    ],
    commands: ['windsurf'],
    format: 'json',
    path: ['mcpServers'],
    http: { ...plainHttp, url: 'serverUrl' },
    defaultScopes: chatAndNames,
    afterwards: 'Press Refresh in the MCP list of Windsurf.',
  },
  {
    id: 'zed',
    name: 'Zed',
    files: (machine) => [at(machine, zedFolder(machine), 'settings.json')],
    traces: (machine) => [zedFolder(machine), ...macApp(machine, 'Zed')],
    commands: ['zed', 'zeditor'],
    format: 'jsonc',
    path: ['context_servers'],
    http: plainHttp,
    defaultScopes: chatAndNames,
    afterwards: 'Zed sees the change by itself.',
  },
  {
    id: 'cline',
    name: 'Cline',
    files: (machine) => [
      ...(namedFolder(machine, 'CLINE_MCP_SETTINGS_PATH') === null
        ? []
        : [namedFolder(machine, 'CLINE_MCP_SETTINGS_PATH') ?? '']),
      at(machine, clineExtension(machine), 'settings', 'cline_mcp_settings.json'),
      at(machine, clineFolder(machine), 'data', 'settings', 'cline_mcp_settings.json'),
    ],
    traces: (machine) => [clineExtension(machine), clineFolder(machine)],
    commands: ['cline'],
    format: 'json',
    path: ['mcpServers'],
    // Without a type it would speak the SSE transport of 2024.
    http: { ...plainHttp, more: { type: 'streamableHttp' } },
    defaultScopes: chatAndNames,
    afterwards: 'Cline sees the change by itself.',
  },
  {
    id: 'codex',
    name: 'Codex',
    files: (machine) => [at(machine, codexFolder(machine), 'config.toml')],
    traces: (machine) => [codexFolder(machine)],
    commands: ['codex'],
    format: 'toml',
    path: ['mcp_servers'],
    // `headers` is ignored by Codex, and an inline bearer token is refused.
    http: { url: 'url', headers: 'http_headers', more: {} },
    defaultScopes: chatAndNames,
    afterwards: 'Start Codex again.',
    command: ({ url }) => `codex mcp add clawkeep --url ${url} --bearer-token-env-var CLAWKEEP_API_KEY`,
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    files: (machine) => [at(machine, geminiFolder(machine), 'settings.json')],
    traces: (machine) => [geminiFolder(machine)],
    commands: ['gemini'],
    format: 'jsonc',
    path: ['mcpServers'],
    // `url` would be the SSE transport of 2024.
    http: { ...plainHttp, url: 'httpUrl' },
    defaultScopes: chatAndNames,
    afterwards: 'Start Gemini CLI again.',
    command: ({ url, header }) =>
      `gemini mcp add --scope user --transport http --header ${quoted(header)} clawkeep ${url}`,
  },
  {
    id: 'openclaw',
    name: 'OpenClaw',
    files: (machine) => [
      namedFolder(machine, 'OPENCLAW_CONFIG_PATH') ?? at(machine, openclawFolder(machine), 'openclaw.json'),
    ],
    traces: (machine) => [openclawFolder(machine)],
    commands: ['openclaw'],
    format: 'jsonc',
    path: ['mcp', 'servers'],
    http: { ...plainHttp, more: { transport: 'streamable-http' } },
    // An assistant that may talk to assistants could call itself in a circle.
    defaultScopes: ['openclaw:read', 'secrets:list'],
    afterwards: 'Run `openclaw mcp reload`, or restart its gateway.',
    command: ({ entry }) => `openclaw mcp set clawkeep '${JSON.stringify(entry)}'`,
  },
]

/** The description of a program. */
export function programOf(id: ProgramId): Program {
  const found = programs.find((program) => program.id === id)
  if (found === undefined) throw new Error(`There is no program ${id}`)
  return found
}
