import { AppError } from '../../../shared/app-error.ts'
import { systemClock } from '../../clock.ts'
import { RateLimit } from '../../mcp/limits.ts'
import type { Handlers } from '../router.ts'
import type { SecretField } from '../../../shared/models/item.ts'
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
/** More than a person looks at; less than a page in a hostile hand needs to empty the vault unseen. */
const revealLimit = { perSecond: 1, burst: 60 }

export function itemHandlers({ vault, audit, events, clipboard }: Core): Pick<Handlers, ItemRoutes> {
  const { items } = vault
  const reveals = new RateLimit(systemClock, revealLimit)
  const reveal = (id: string, field: SecretField): string => {
    const taken = reveals.take('person')
    if (taken.ok) return items.reveal(id, field)
    const { retryAfterMs } = taken
    throw new AppError('throttled', 'Too many secrets were opened in a short time.', {
      hint: `Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
      retryAfterMs,
    })
  }
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
      audit.around({ kind: 'item.reveal', asker: person(caller), itemIds: [id] }, async () => reveal(id, field)),
    'items.copy': ({ id, field }, caller) =>
      audit.around({ kind: 'item.copy', asker: person(caller), itemIds: [id] }, async () => {
        clipboard(reveal(id, field), { concealed: true, clearAfterMs: clipboardClearAfterMs })
        return null
      }),
  }
}
