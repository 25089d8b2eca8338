import { AppError } from '../../../shared/app-error.ts'
import type { Assistant } from '../../../shared/models/assistant.ts'

/** The assistant a call means: the named one, else the default one. Throws AppError not_found, naming those there are. */
export function pickAssistant(assistants: ReadonlyArray<Assistant>, instance: string | undefined): Assistant {
  if (instance !== undefined) {
    const named = assistants.find((assistant) => assistant.name === instance)
    if (named === undefined)
      throw new AppError('not_found', `There is no assistant named "${instance}".`, { hint: known(assistants) })
    return named
  }
  const choice = defaultAssistant(assistants)
  if (choice === undefined)
    throw new AppError('not_found', 'It is not clear which assistant is meant.', { hint: known(assistants) })
  return choice
}

/** The one that is meant when none is named: the only one, else the only one that runs. */
export function defaultAssistant(assistants: ReadonlyArray<Assistant>): Assistant | undefined {
  if (assistants.length === 1) return assistants[0]
  const running = assistants.filter((assistant) => assistant.state === 'running')
  return running.length === 1 ? running[0] : undefined
}

function known(assistants: ReadonlyArray<Assistant>): string {
  if (assistants.length === 0) return 'There is none yet: the person can create one in Clawkeep, under Assistants.'
  return `Pass one of these as "instance": ${assistants.map((assistant) => assistant.name).join(', ')}.`
}
