import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ConnectRoutes =
  | 'connect.list'
  | 'connect.plan'
  | 'connect.add'
  | 'connect.repair'
  | 'connect.undo'
  | 'connect.test'
  | 'connect.snippets'

export function connectHandlers({ connections, audit }: Core): Pick<Handlers, ConnectRoutes> {
  return {
    'connect.list': async () => [...(await connections()).list()],
    'connect.plan': async (input) => (await connections()).plan(input),
    'connect.add': async (consent, caller) => {
      const asker = person(caller)
      const facts = { kind: 'connection.add', asker, target: consent.program } as const
      return audit.around(facts, async () => (await connections()).add(consent, asker))
    },
    'connect.repair': async (consent, caller) => {
      const asker = person(caller)
      const facts = { kind: 'connection.repair', asker, target: consent.program } as const
      return audit.around(facts, async () => (await connections()).repair(consent, asker))
    },
    'connect.undo': async (consent, caller) => {
      const asker = person(caller)
      const facts = { kind: 'connection.undo', asker, target: consent.program } as const
      return audit.around(facts, async () => (await connections()).undo(consent, asker))
    },
    'connect.test': async ({ program }, caller) =>
      audit.around({ kind: 'connection.test', asker: person(caller), target: program }, async (op) => {
        const trial = await (await connections()).try(program)
        if (!trial.ok) op.note({ outcome: 'failed' })
        return trial
      }),
    'connect.snippets': async () => [...(await connections()).snippets()],
  }
}
