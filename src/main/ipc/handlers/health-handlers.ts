import { basename } from 'node:path'
import { AppError } from '../../../shared/app-error.ts'
import type { ParsedInput, RouteName } from '../../../shared/ipc/contract.ts'
import type { Caller, Handlers } from '../router.ts'
import { person, whileAsked } from './askers.ts'
import type { Core } from './core.ts'

type HealthRoutes = Extract<RouteName, `health.${string}`>

export function healthHandlers({ health, choosePath, openSecret }: Core): Pick<Handlers, HealthRoutes> {
  /** A page that was taken over must not name files: it has none read but the one the person chose. */
  function listPath(list: ParsedInput<'health.check'>['breachList'], caller: Caller): string | null {
    if (list === null) return null
    if (list.kind === 'file' && caller.kind === 'cli') return list.path
    if (list.kind === 'chosen' && caller.kind === 'window' && health.chosenList !== null) return health.chosenList
    throw new AppError('refused', 'No list was chosen.', { hint: 'Choose one first.' })
  }

  return {
    'health.get': () => health.view(),
    'health.chooseList': async () => {
      const path = await choosePath('breach-list')
      if (path === null) return null
      health.keepList(path)
      return { fileName: basename(path) }
    },
    // Counts as opening one secret: a page that adds items and looks which are “reused” would guess at secrets otherwise.
    'health.check': ({ breachList }, caller) =>
      openSecret(caller, () =>
        whileAsked(
          caller,
          () => health.cancel(),
          () => health.check(person(caller), listPath(breachList, caller)),
        ),
      ),
    'health.cancel': () => {
      health.cancel()
      return null
    },
  }
}
