import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** The computer as programs' settings see it; tests give their own, so that none touches the person's files. */
export type Machine = {
  readonly platform: NodeJS.Platform
  /** The person's home folder. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** This computer and this user. */
export function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), env: process.env }
}

/** Joins a path as that system writes it. */
export function at(machine: Machine, ...parts: ReadonlyArray<string>): string {
  return pathsOf(machine).join(...parts)
}

/** A folder that an environment variable names, `~` included; null when it is not set or not absolute. */
export function namedFolder(machine: Machine, variable: string): string | null {
  const named = machine.env[variable]?.trim() ?? ''
  const path = /^~(?=$|[/\\])/.test(named) ? machine.home + named.slice(1) : named
  return pathsOf(machine).isAbsolute(path) ? path : null
}

/**
 * Where programs keep their settings: `$XDG_CONFIG_HOME` or `~/.config` (XDG Base Directory 0.8: a relative value is ignored),
 * `~/Library/Application Support`, or `%APPDATA%`.
 */
export function settingsFolder(machine: Machine): string {
  const { platform, home } = machine
  if (platform === 'darwin') return at(machine, home, 'Library', 'Application Support')
  if (platform === 'win32') return namedFolder(machine, 'APPDATA') ?? at(machine, home, 'AppData', 'Roaming')
  return namedFolder(machine, 'XDG_CONFIG_HOME') ?? at(machine, home, '.config')
}

/** The folders that are searched for a program's name, and the endings it may have. */
export function programPlaces(machine: Machine, program: string): ReadonlyArray<string> {
  const { platform, env } = machine
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(platform === 'win32' ? ';' : ':')
  const endings = platform === 'win32' ? (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';') : ['']
  return folders
    .filter((folder) => pathsOf(machine).isAbsolute(folder))
    .flatMap((folder) => endings.map((ending) => at(machine, folder, program + ending.toLowerCase())))
}

function pathsOf({ platform }: Machine): typeof posix {
  return platform === 'win32' ? win32 : posix
}
