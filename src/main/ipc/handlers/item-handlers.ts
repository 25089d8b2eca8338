import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ItemRoutes =
  | 'items.list'
  | 'items.get'
  | 'items.add'
  | 'items.edit'
  | 'items.remove'
  | 'items.reveal'
  | 'items.copy'

const clipboardClearAfterMs = 30_000

export function itemHandlers({ vault, audit, events, clipboard }: Core): Pick<Handlers, ItemRoutes> {
  const { items } = vault
  return {
    'items.list': () => [...items.list()],
    'items.get': ({ id }) => items.get(id),
    'items.add': (input, caller) =>
      audit.around({ kind: 'item.add', asker: person(caller) }, async (op) => {
        const item = items.add(input)
        op.note({ itemIds: [item.id] })
        events.emit('items')
        return item
      }),
    'items.edit': ({ id, patch }, caller) =>
      audit.around({ kind: 'item.edit', asker: person(caller), itemIds: [id] }, async () => {
        const item = items.edit(id, patch)
        events.emit('items')
        return item
      }),
    'items.remove': ({ id }, caller) =>
      audit.around({ kind: 'item.remove', asker: person(caller), itemIds: [id] }, async () => {
        items.remove(id)
        events.emit('items')
        return null
      }),
    'items.reveal': ({ id, field }, caller) =>
      audit.around({ kind: 'item.reveal', asker: person(caller), itemIds: [id] }, async () => items.reveal(id, field)),
    'items.copy': ({ id, field }, caller) =>
      audit.around({ kind: 'item.copy', asker: person(caller), itemIds: [id] }, async () => {
        clipboard(items.reveal(id, field), { concealed: true, clearAfterMs: clipboardClearAfterMs })
        return null
      }),
  }
}
