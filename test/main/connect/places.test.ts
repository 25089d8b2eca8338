import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Machine } from '../../../src/main/connect/machine.ts'
import { isPresent, settingsPath } from '../../../src/main/connect/presence.ts'
import { programOf, programs } from '../../../src/main/connect/programs.ts'
import type { ProgramId } from '../../../src/shared/models/connection.ts'
import { scratch } from './scratch.ts'

const linux: Machine = { platform: 'linux', home: '/home/ada', env: {} }
const mac: Machine = { platform: 'darwin', home: '/Users/ada', env: {} }
const windows: Machine = {
  platform: 'win32',
  home: String.raw`C:\Users\ada`,
  env: { APPDATA: String.raw`C:\Users\ada\AppData\Roaming`, LOCALAPPDATA: String.raw`C:\Users\ada\AppData\Local` },
}
const support = '/Users/ada/Library/Application Support'
const roaming = String.raw`C:\Users\ada\AppData\Roaming`
const cline = 'globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'

const places: ReadonlyArray<[id: ProgramId, linux: string, mac: string, windows: string]> = [
  [
    'claude-desktop',
    '/home/ada/.config/Claude/claude_desktop_config.json',
    `${support}/Claude/claude_desktop_config.json`,
    String.raw`${roaming}\Claude\claude_desktop_config.json`,
  ],
  ['claude-code', '/home/ada/.claude.json', '/Users/ada/.claude.json', String.raw`C:\Users\ada\.claude.json`],
  ['cursor', '/home/ada/.cursor/mcp.json', '/Users/ada/.cursor/mcp.json', String.raw`C:\Users\ada\.cursor\mcp.json`],
  [
    'vscode',
    '/home/ada/.config/Code/User/mcp.json',
    `${support}/Code/User/mcp.json`,
    String.raw`${roaming}\Code\User\mcp.json`,
  ],
  [
    'windsurf',
    '/home/ada/.codeium/windsurf/mcp_config.json',
    '/Users/ada/.codeium/windsurf/mcp_config.json',
    String.raw`C:\Users\ada\.codeium\windsurf\mcp_config.json`,
  ],
  [
    'zed',
    '/home/ada/.config/zed/settings.json',
    '/Users/ada/.config/zed/settings.json',
    String.raw`${roaming}\Zed\settings.json`,
  ],
  [
    'cline',
    `/home/ada/.config/Code/User/${cline}`,
    `${support}/Code/User/${cline}`,
    String.raw`${roaming}\Code\User` + '\\' + cline.replaceAll('/', '\\'),
  ],
  [
    'codex',
    '/home/ada/.codex/config.toml',
    '/Users/ada/.codex/config.toml',
    String.raw`C:\Users\ada\.codex\config.toml`,
  ],
  [
    'gemini',
    '/home/ada/.gemini/settings.json',
    '/Users/ada/.gemini/settings.json',
    String.raw`C:\Users\ada\.gemini\settings.json`,
  ],
  [
    'openclaw',
    '/home/ada/.openclaw/openclaw.json',
    '/Users/ada/.openclaw/openclaw.json',
    String.raw`C:\Users\ada\.openclaw\openclaw.json`,
  ],
]

describe('the settings of each program are looked for where that program keeps them', () => {
  test('every program is in the table', () => {
    expect(places.map(([id]) => id)).toEqual(programs.map(({ id }) => id))
  })

  test.each(places)('%s', (id, onLinux, onMac, onWindows) => {
    const first = (machine: Machine) => programOf(id).files(machine)[0]
    expect([first(linux), first(mac), first(windows)]).toEqual([onLinux, onMac, onWindows])
  })

  const moved: ReadonlyArray<[id: ProgramId, machine: Machine, env: Record<string, string>, path: string]> = [
    ['claude-desktop', linux, { XDG_CONFIG_HOME: '/cfg' }, '/cfg/Claude/claude_desktop_config.json'],
    ['claude-desktop', linux, { XDG_CONFIG_HOME: 'cfg' }, '/home/ada/.config/Claude/claude_desktop_config.json'],
    ['claude-desktop', linux, { XDG_CONFIG_HOME: '' }, '/home/ada/.config/Claude/claude_desktop_config.json'],
    ['claude-desktop', windows, { APPDATA: String.raw`D:\r` }, String.raw`D:\r\Claude\claude_desktop_config.json`],
    ['claude-desktop', windows, { APPDATA: '' }, String.raw`${roaming}\Claude\claude_desktop_config.json`],
    ['claude-code', linux, { CLAUDE_CONFIG_DIR: '/c' }, '/c/.claude.json'],
    ['claude-code', mac, { CLAUDE_CONFIG_DIR: '~/c' }, '/Users/ada/c/.claude.json'],
    ['vscode', linux, { VSCODE_PORTABLE: '/p' }, '/p/user-data/User/mcp.json'],
    ['vscode', linux, { VSCODE_APPDATA: '/d' }, '/d/Code/User/mcp.json'],
    ['zed', linux, { FLATPAK_XDG_CONFIG_HOME: '/f', XDG_CONFIG_HOME: '/cfg' }, '/f/zed/settings.json'],
    ['zed', mac, { XDG_CONFIG_HOME: '/cfg' }, '/Users/ada/.config/zed/settings.json'],
    ['cline', linux, { CLINE_MCP_SETTINGS_PATH: '/x/cline.json' }, '/x/cline.json'],
    ['codex', linux, { CODEX_HOME: '/k' }, '/k/config.toml'],
    ['gemini', linux, { GEMINI_CLI_HOME: '/g' }, '/g/.gemini/settings.json'],
    ['openclaw', linux, { OPENCLAW_HOME: '/o' }, '/o/.openclaw/openclaw.json'],
    ['openclaw', linux, { OPENCLAW_STATE_DIR: '/s', OPENCLAW_HOME: '/o' }, '/s/openclaw.json'],
    ['openclaw', linux, { OPENCLAW_CONFIG_PATH: '/s/c.json', OPENCLAW_STATE_DIR: '/s' }, '/s/c.json'],
  ]

  test.each(moved)('%s follows the environment (%#)', (id, machine, env, path) => {
    expect(programOf(id).files({ ...machine, env: { ...machine.env, ...env } })[0]).toBe(path)
  })

  test('the store version of Claude Desktop and the command-line Cline have a place of their own', () => {
    expect(programOf('claude-desktop').files(windows)[1]).toBe(
      String.raw`C:\Users\ada\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\claude_desktop_config.json`,
    )
    expect(programOf('cline').files(linux)[1]).toBe('/home/ada/.cline/data/settings/cline_mcp_settings.json')
    expect(programOf('cline').files({ ...linux, env: { CLINE_DIR: '/c' } })[1]).toBe(
      '/c/data/settings/cline_mcp_settings.json',
    )
  })
})

describe('a program is found', () => {
  const at = scratch()
  afterAll(at.remove)
  const machine: Machine = { platform: 'linux', home: at.folder, env: { PATH: join(at.folder, 'bin') } }

  test('not at all on an empty computer', () => {
    expect(programs.filter((program) => isPresent(program, machine)).map(({ id }) => id)).toEqual([])
  })

  test.each(programs.map((program) => [program.id, program] as const))('%s by its folder', (id, program) => {
    const other = { ...machine, home: join(at.folder, `home-${id}`) }
    const [trace = ''] = program.traces(other)
    mkdirSync(trace, { recursive: true })
    expect(isPresent(program, other)).toBe(true)
  })

  test.each(programs.map((program) => [program.id, program] as const))(
    '%s by its command, which is not run',
    (id, program) => {
      const bin = join(at.folder, `bin-${id}`)
      const ran = join(bin, 'ran')
      mkdirSync(bin)
      writeFileSync(join(bin, program.commands[0] ?? ''), `#!/bin/sh\ntouch '${ran}'\n`)
      chmodSync(join(bin, program.commands[0] ?? ''), 0o755)
      expect(isPresent(program, { ...machine, env: { PATH: `relative:${bin}` } })).toBe(true)
      expect(at.has(ran)).toBe(false)
    },
  )

  test('by the second place when only that one is there, and that one is written', () => {
    const other = { ...machine, home: join(at.folder, 'second') }
    const [first = '', second = ''] = programOf('cline').files(other)
    expect(settingsPath(programOf('cline'), other)).toBe(first)
    mkdirSync(dirname(second), { recursive: true })
    expect(settingsPath(programOf('cline'), other)).toBe(second)
    mkdirSync(dirname(first), { recursive: true })
    writeFileSync(second, '{}')
    expect(settingsPath(programOf('cline'), other)).toBe(second)
    writeFileSync(first, '{}')
    expect(settingsPath(programOf('cline'), other)).toBe(first)
  })
})
