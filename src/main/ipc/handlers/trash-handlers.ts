import { eraseAudited } from '../../keep-items.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type TrashRoutes = 'trash.list' | 'trash.restore' | 'trash.erase' | 'trash.empty'

export function trashHandlers({ vault, audit }: Core): Pick<Handlers, TrashRoutes> {
  const { trash } = vault.items
  return {
    'trash.list': () => [...trash.list()],
    'trash.restore': ({ id, name }, caller) =>
      audit.around({ kind: 'item.restore', asker: person(caller), itemIds: [id] }, async () => trash.restore(id, name)),
    'trash.erase': async ({ id }, caller) => {
      await eraseAudited({ trash, audit }, [id], person(caller))
      return null
    },
    'trash.empty': async (_input, caller) => {
      const ids = trash.list().map((item) => item.id)
      await eraseAudited({ trash, audit }, ids, person(caller))
      return { erased: ids.length }
    },
  }
}
