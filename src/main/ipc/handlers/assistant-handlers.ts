import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type AssistantRoutes =
  | 'assistants.list'
  | 'assistants.create'
  | 'assistants.start'
  | 'assistants.stop'
  | 'assistants.restart'
  | 'assistants.remove'
  | 'assistants.logs'
  | 'engine.check'

/** The supervisor audits every container change itself, those it makes on its own included. */
export function assistantHandlers({ supervisor }: Core): Pick<Handlers, AssistantRoutes> {
  return {
    'assistants.list': () => [...supervisor.list()],
    'assistants.create': (input, caller) => supervisor.create(input, person(caller)),
    'assistants.start': ({ id }, caller) => supervisor.start(id, person(caller)),
    'assistants.stop': ({ id }, caller) => supervisor.stop(id, person(caller)),
    'assistants.restart': ({ id }, caller) => supervisor.restart(id, person(caller)),
    'assistants.remove': async ({ id, withData }, caller) => {
      await supervisor.remove(id, withData, person(caller))
      return null
    },
    'assistants.logs': async ({ id, lines }) => [...(await supervisor.logs(id, lines))],
    'engine.check': () => supervisor.checkEngine(),
  }
}
