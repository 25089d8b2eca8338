import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type KeyRoutes =
  | 'keys.list'
  | 'keys.create'
  | 'keys.revoke'
  | 'keys.rotate'
  | 'keys.import'
  | 'keys.chooseFile'
  | 'keys.importFile'
  | 'keys.removeFile'
  | 'signIns.list'
  | 'signIns.revoke'

export function keyHandlers({ apiKeys, keyImport, signIns, audit }: Core): Pick<Handlers, KeyRoutes> {
  return {
    'keys.list': () => [...apiKeys.list()],
    'keys.create': (input, caller) =>
      audit.around({ kind: 'key.create', asker: person(caller) }, async (op) => {
        const made = apiKeys.create(input, caller.kind)
        op.note({ target: made.key.id })
        return made
      }),
    'keys.revoke': ({ id }, caller) =>
      audit.around({ kind: 'key.revoke', asker: person(caller), target: id }, async () => apiKeys.revoke(id)),
    'keys.rotate': (input, caller) =>
      audit.around({ kind: 'key.rotate', asker: person(caller), target: input.id }, async () => apiKeys.rotate(input)),
    'keys.import': ({ text, scopes, dryRun }, caller) =>
      dryRun ? keyImport.look(text, scopes) : keyImport.take(text, scopes, person(caller)),
    'keys.chooseFile': () => keyImport.chooseFile(),
    'keys.importFile': ({ scopes }, caller) => keyImport.takeFile(scopes, person(caller)),
    'keys.removeFile': async () => {
      await keyImport.removeFile()
      return null
    },
    'signIns.list': () => [...signIns.list()],
    'signIns.revoke': ({ id }, caller) =>
      audit.around({ kind: 'client.sign-out', asker: person(caller), target: id }, async () => signIns.revoke(id)),
  }
}
