import { AppError } from '../../../shared/app-error.ts'
import type { Session } from '../../../shared/models/session.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type SessionRoutes = 'sessions.list' | 'sessions.end'

export function sessionHandlers({ door, apiKeys, signIns, audit }: Core): Pick<Handlers, SessionRoutes> {
  return {
    'sessions.list': (): Session[] => {
      const names = new Map([...apiKeys.list(), ...signIns.list()].map(({ id, name }) => [id, name]))
      return (door.sessions?.list() ?? []).map((session) => ({
        ...session,
        clientName: names.get(session.clientId) ?? '',
      }))
    },
    'sessions.end': async ({ id }, caller) => {
      const clientId = door.sessions?.list().find((session) => session.id === id)?.clientId
      if (clientId === undefined)
        throw new AppError('not_found', 'This program is not connected any more.', { hint: 'Look at the list again.' })
      await audit.around({ kind: 'client.disconnect', asker: person(caller), target: clientId }, async () =>
        door.sessions?.end(id),
      )
      return null
    },
  }
}
