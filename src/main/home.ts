import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * The folder that holds everything of one person: `given` (from `--home`), else CLAWKEEP_HOME, else the usual place of the
 * system: `$XDG_DATA_HOME/clawkeep`, `~/Library/Application Support/Clawkeep` or `%APPDATA%\Clawkeep`.
 */
export function homeFolder(given?: string): string {
  const chosen = given ?? process.env['CLAWKEEP_HOME']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Clawkeep')
    case 'win32':
      return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Clawkeep')
    default:
      return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'clawkeep')
  }
}
