import type { Handlers } from '../router.ts'
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
    'assistants.create': (input) => supervisor.create(input),
    'assistants.start': ({ id }) => supervisor.start(id),
    'assistants.stop': ({ id }) => supervisor.stop(id),
    'assistants.restart': ({ id }) => supervisor.restart(id),
    'assistants.remove': async ({ id, withData }) => {
      await supervisor.remove(id, withData)
      return null
    },
    'assistants.logs': async ({ id, lines }) => [...(await supervisor.logs(id, lines))],
    'engine.check': () => supervisor.checkEngine(),
  }
}
