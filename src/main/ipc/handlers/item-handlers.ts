import { clipboardTimes } from '../../../shared/clipboard-times.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ItemRoutes =
  | 'items.list'
  | 'items.inventory'
  | 'items.get'
  | 'items.add'
  | 'items.edit'
  | 'items.remove'
  | 'items.reveal'
  | 'items.copy'
  | 'items.code'
  | 'items.history'
  | 'items.restoreVersion'

export function itemHandlers({ vault, audit, clipboard, openSecret }: Core): Pick<Handlers, ItemRoutes> {
  const { items } = vault
  return {
    'items.list': () => [...items.list()],
    'items.inventory': () => ({
      items: [...items.list()],
      damaged: new Set(vault.problems.flatMap(({ table, id }) => (table === 'items' ? [id] : []))).size,
    }),
    'items.get': ({ id }) => items.view(id),
    'items.add': (input, caller) =>
      audit.around({ kind: 'item.add', asker: person(caller) }, async (op) => {
        const item = items.add(input)
        op.note({ itemIds: [item.id] })
        return item
      }),
    'items.edit': ({ id, patch }, caller) =>
      audit.around({ kind: 'item.edit', asker: person(caller), itemIds: [id] }, async () => items.edit(id, patch)),
    'items.remove': ({ id }, caller) =>
      audit.around({ kind: 'item.remove', asker: person(caller), itemIds: [id] }, async () => {
        items.remove(id)
        return null
      }),
    'items.reveal': ({ id, field, revision }, caller) =>
      audit.around({ kind: 'item.reveal', asker: person(caller), itemIds: [id] }, async () =>
        openSecret(caller, () =>
          revision === undefined ? items.reveal(id, field) : items.history.reveal(id, revision, field),
        ),
      ),
    'items.copy': ({ id, field }, caller) =>
      audit.around({ kind: 'item.copy', asker: person(caller), itemIds: [id] }, async () => {
        const text = openSecret(caller, () => (field === 'code' ? items.code(id).code : items.reveal(id, field)))
        clipboard(text, { concealed: true, clearAfterMs: clipboardTimes.itemMs })
        return null
      }),
    'items.code': ({ id }, caller) =>
      audit.around({ kind: 'item.code', asker: person(caller), itemIds: [id] }, async () =>
        openSecret(caller, () => items.code(id)),
      ),
    'items.history': ({ id }) => [...items.history.list(id)],
    'items.restoreVersion': ({ id, revision }, caller) =>
      audit.around({ kind: 'item.restore-version', asker: person(caller), itemIds: [id] }, async () =>
        items.history.restore(id, revision),
      ),
  }
}
