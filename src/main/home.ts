import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { AppError } from '../shared/app-error.ts'

/**
 * The folder that holds everything of one person: `given` (from `--home`), else CLAWKEEP_HOME, else the usual place of the
 * system: `$XDG_DATA_HOME/clawkeep`, `~/Library/Application Support/Clawkeep` or `%APPDATA%\Clawkeep`. Throws AppError invalid
 * when there is no home folder to find that in, and when `given` is empty: a script whose variable is not set means another vault.
 */
export function homeFolder(given?: string): string {
  if (given === '')
    throw new AppError('invalid', 'The data folder given with --home is empty.', {
      hint: 'Name a folder, or leave --home out.',
    })
  const chosen = given ?? process.env['CLAWKEEP_HOME']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  switch (process.platform) {
    case 'darwin':
      return join(personFolder(), 'Library', 'Application Support', 'Clawkeep')
    case 'win32':
      return join(absolute('APPDATA') ?? join(personFolder(), 'AppData', 'Roaming'), 'Clawkeep')
    default:
      return join(absolute('XDG_DATA_HOME') ?? join(personFolder(), '.local', 'share'), 'clawkeep')
  }
}

/** An empty or relative one counts as not set (XDG Base Directory Specification): the vault would be wherever one happens to be. */
function absolute(name: string): string | null {
  const value = process.env[name] ?? ''
  return isAbsolute(value) ? value : null
}

/** What the system gives for HOME may be empty, and for a user without an entry it throws. */
function personFolder(): string {
  let folder = ''
  let cause: unknown
  try {
    folder = homedir()
  } catch (error) {
    cause = error
  }
  if (isAbsolute(folder)) return folder
  throw new AppError('invalid', 'There is no home folder to keep the vault in.', {
    hint: 'Give --home DIR or set CLAWKEEP_HOME.',
    cause,
  })
}
