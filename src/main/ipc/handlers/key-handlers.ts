import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type KeyRoutes = 'keys.list' | 'keys.create' | 'keys.revoke' | 'signIns.list' | 'signIns.revoke'

export function keyHandlers({ apiKeys, signIns, audit }: Core): Pick<Handlers, KeyRoutes> {
  return {
    'keys.list': () => [...apiKeys.list()],
    'keys.create': (input, caller) =>
      audit.around({ kind: 'key.create', asker: person(caller) }, async (op) => {
        const made = apiKeys.create(input)
        op.note({ target: made.key.id })
        return made
      }),
    'keys.revoke': ({ id }, caller) =>
      audit.around({ kind: 'key.revoke', asker: person(caller), target: id }, async () => apiKeys.revoke(id)),
    'signIns.list': () => [...signIns.list()],
    'signIns.revoke': ({ id }, caller) =>
      audit.around({ kind: 'client.sign-out', asker: person(caller), target: id }, async () => signIns.revoke(id)),
  }
}
