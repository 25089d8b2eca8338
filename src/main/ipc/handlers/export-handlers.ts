import { AppError } from '../../../shared/app-error.ts'
import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { Asker } from '../../../shared/models/asker.ts'
import { type ExportChoices, exportEndings, type ExportResult } from '../../../shared/models/export.ts'
import { systemClock } from '../../clock.ts'
import { stopIfAborted } from '../../vault/paced.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ExportRoutes = Extract<RouteName, `export.${string}`>

export function exportHandlers({ vaultExport, vault, audit, choosePath }: Core): Pick<Handlers, ExportRoutes> {
  const underWay = new Set<AbortController>()

  async function writeWhereChosen(
    choices: ExportChoices,
    how: { readonly asker: Asker; readonly signal: AbortSignal },
  ): Promise<ExportResult | null> {
    const day = new Date(systemClock.now()).toISOString().slice(0, 10)
    const path = await choosePath('export', `clawkeep-${day}.${exportEndings[choices.format]}`)
    // The dialog of the system has asked already whether a file that is there is replaced.
    return path === null ? null : vaultExport.write(path, choices, { force: true, ...how })
  }

  return {
    'export.write': async ({ password, choices }, caller) => {
      const asker = person(caller)
      const stop = new AbortController()
      underWay.add(stop)
      try {
        await vault.verifyPassword(password).catch(async (error: unknown) => {
          const code = error instanceof AppError ? error.code : 'internal'
          await audit.event({ kind: 'vault.export', asker, target: choices.format, outcome: 'refused', code })
          throw error
        })
        stopIfAborted(stop.signal)
        return await writeWhereChosen(choices, { asker, signal: stop.signal })
      } finally {
        underWay.delete(stop)
      }
    },
    'export.cancel': () => {
      for (const stop of underWay) stop.abort()
      return null
    },
    'export.file': ({ path, choices, force }, caller) => {
      // A page that is not itself any more could have any file replaced.
      if (caller.kind === 'window')
        throw new AppError('refused', 'The window does not name files.', { hint: 'Choose the place in its dialog.' })
      return vaultExport.write(path, choices, { force, asker: person(caller), signal: caller.signal })
    },
  }
}
