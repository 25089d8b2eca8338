import { basename } from 'node:path'
import { AppError } from '../../../shared/app-error.ts'
import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { RestoreInput } from '../../../shared/models/upkeep.ts'
import type { Caller, Handlers } from '../router.ts'
import { person, whileAsked } from './askers.ts'
import type { Core } from './core.ts'

/** What concerns the vault as a whole. */
export type UpkeepRoutes =
  | 'vault.rotate'
  | 'vault.backup'
  | 'vault.restore'
  | 'vault.chooseBackup'
  | 'vault.check'
  | Extract<RouteName, `upkeep.${string}`>

export function upkeepHandlers(core: Core): Pick<Handlers, UpkeepRoutes> {
  const { upkeep } = core
  let chosen: string | null = null

  /** A page that was taken over must not name files: it reads and overwrites none but those the person chose. */
  function backupFile(from: RestoreInput['from'], caller: Caller): string {
    if (from.kind === 'folder') return upkeep.pathOf(from.name)
    if (from.kind === 'file' && caller.kind === 'cli') return from.path
    if (from.kind === 'chosen' && caller.kind === 'window' && chosen !== null) return chosen
    throw new AppError('refused', 'No backup was chosen.', { hint: 'Choose one first.' })
  }

  const stoppable = <T>(caller: Caller, work: () => Promise<T>): Promise<T> =>
    whileAsked(caller, () => upkeep.cancel(), work)

  return {
    'vault.rotate': (_input, caller) => stoppable(caller, () => upkeep.rotate(person(caller))),
    'vault.backup': ({ file }, caller) => {
      if (file !== null && caller.kind === 'window')
        throw new AppError('refused', 'The window makes backups in the data folder only.')
      return stoppable(caller, () => upkeep.backup(person(caller), file))
    },
    'vault.restore': async ({ from, password }, caller) => {
      const path = backupFile(from, caller)
      const restored = await stoppable(caller, () => upkeep.restore(person(caller), path, password))
      chosen = null
      return restored
    },
    'vault.chooseBackup': async () => {
      chosen = await core.chooseBackup()
      return chosen === null ? null : { fileName: basename(chosen) }
    },
    'vault.check': ({ rescue }, caller) => stoppable(caller, () => upkeep.check(person(caller), rescue)),
    'upkeep.get': () => upkeep.view(),
    'upkeep.cancel': () => {
      upkeep.cancel()
      return null
    },
  }
}
