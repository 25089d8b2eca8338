import { createInterface } from 'node:readline/promises'
import { AppError } from '../../shared/app-error.ts'
import { hasTerminal } from './read-input.ts'

/** Asks at the terminal; only `y` or `yes` is a yes. Throws AppError invalid where nobody can answer. */
export async function askYes(question: string): Promise<boolean> {
  if (!hasTerminal()) {
    throw new AppError('invalid', 'There is no terminal to ask at.', {
      hint: 'Look at the change above and add --yes.',
    })
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
