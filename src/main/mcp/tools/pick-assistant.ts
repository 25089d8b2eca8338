import { AppError } from '../../../shared/app-error.ts'
import type { Assistant } from '../../../shared/models/assistant.ts'

/** The assistant a call means: the named one, else the only one, else the only one that runs. */
export function pickAssistant(assistants: ReadonlyArray<Assistant>, instance: string | undefined): Assistant {
  if (instance !== undefined) {
    const named = assistants.find((assistant) => assistant.name === instance)
    if (named === undefined)
      throw new AppError('not_found', `There is no assistant named "${instance}".`, { hint: known(assistants) })
    return named
  }
  const running = assistants.filter((assistant) => assistant.state === 'running')
  const choice = assistants.length === 1 ? assistants[0] : running.length === 1 ? running[0] : undefined
  if (choice === undefined)
    throw new AppError('not_found', 'It is not clear which assistant is meant.', { hint: known(assistants) })
  return choice
}

function known(assistants: ReadonlyArray<Assistant>): string {
  if (assistants.length === 0) return 'There is none yet: the person can create one in Clawkeep, under Assistants.'
  return `Pass one of these as "instance": ${assistants.map((assistant) => assistant.name).join(', ')}.`
}
