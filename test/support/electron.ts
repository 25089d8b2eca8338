import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout: also the folder that Electron is given as its app. */
export const appFolder =
  process.env['CLAWKEEP_APP_FOLDER'] ?? fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** The app of an empty window; it wants `EMPTY_WINDOW_PROFILE`, a folder of its own. */
export const emptyWindow = fileURLToPath(new URL('empty-window', import.meta.url))

/**
 * The Electron to run, as the scripts prepared it. `args` go before the app's folder: `--no-sandbox` for root, nobody else.
 * Run alone, without the scripts, it looks for the runtime itself and needs a display.
 */
export async function electronCommand(): Promise<{ executablePath: string; args: ReadonlyArray<string> }> {
  const prepared = process.env['CLAWKEEP_ELECTRON']
  if (prepared !== undefined) {
    const args = process.env['CLAWKEEP_ELECTRON_ARGS'] ?? ''
    return { executablePath: prepared, args: args === '' ? [] : args.split(' ') }
  }
  const { resolveElectron } = await import('../../scripts/electron-runtime.mjs')
  const { executablePath } = await resolveElectron()
  return { executablePath, args: process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [] }
}

/**
 * The environment of an app that must not see the person's own files: a home of its own, nothing of Clawkeep's settings, the
 * same screen.
 */
export function isolatedEnvironment(folders: { home: string; userHome: string }): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(XDG_|CLAWKEEP_|NODE_OPTIONS$|ELECTRON_RUN_AS_NODE$)/.test(name)) env[name] = value
  }
  const cookie = join(homedir(), '.Xauthority')
  if (env['XAUTHORITY'] === undefined && existsSync(cookie)) env['XAUTHORITY'] = cookie
  return { ...env, HOME: folders.userHome, CLAWKEEP_HOME: folders.home }
}
