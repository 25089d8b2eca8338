import { AppError } from '../../../shared/app-error.ts'
import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { Paper } from '../../../shared/models/kit.ts'
import { systemClock } from '../../clock.ts'
import type { Caller, Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type KitRoutes = Extract<RouteName, `kit.${string}`>
type Kit = { readonly words: string; readonly paper: Paper }
type Place = { readonly path: string; readonly replace: boolean }

export function kitHandlers({ vault, audit, choosePath }: Core): Pick<Handlers, KitRoutes> {
  /** A page in a hostile hand gets no sheet with other words, and so nothing of its own onto the disk. */
  async function save(kit: Kit, caller: Caller, choose: () => Promise<Place | null>): Promise<boolean> {
    return audit.around({ kind: 'vault.save-kit', asker: person(caller) }, async (op) => {
      await vault.ways.checkWords(kit.words)
      const place = await choose()
      if (place === null) {
        op.note({ outcome: 'cancelled' })
        return false
      }
      const { makeRecoveryKit, writeRecoveryKit } = await import('../../recovery-kit.ts')
      const pdf = await makeRecoveryKit({ ...kit, vaultId: vault.vaultId ?? '', madeAtMs: systemClock.now() })
      await writeRecoveryKit(place.path, pdf, place)
      return true
    })
  }

  return {
    'kit.save': async (kit, caller) => {
      const saved = await save(kit, caller, async () => {
        const path = await choosePath('kit', 'clawkeep-recovery-kit.pdf')
        // The dialog of the system has asked already whether a file that is there is replaced.
        return path === null ? null : { path, replace: true }
      })
      return { saved }
    },
    'kit.file': async ({ path, ...kit }, caller) => {
      if (caller.kind === 'window')
        throw new AppError('refused', 'The window does not name files.', { hint: 'Choose the place in its dialog.' })
      await save(kit, caller, async () => ({ path, replace: false }))
      return null
    },
  }
}
