import { createInterface, type Interface } from 'node:readline/promises'
import { AppError } from '../../shared/app-error.ts'
import { Interrupted } from './interrupt.ts'
import { hasTerminal } from './read-input.ts'

/** Asks at the terminal; only `y` or `yes` is a yes. Throws AppError invalid where nobody can answer, Interrupted at Ctrl-C and Ctrl-D. */
export async function askYes(question: string): Promise<boolean> {
  if (!hasTerminal()) {
    throw new AppError('invalid', 'There is no terminal to ask at.', {
      hint: 'Look at the change above and add --yes.',
    })
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await answerTo(terminal, `${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

/** At its end a terminal rejects, or leaves an older Node waiting for ever. */
async function answerTo(terminal: Interface, question: string): Promise<string> {
  const ended = new Promise<never>((_resolve, reject) => {
    terminal.once('close', () => reject(new Error('The terminal was closed')))
  })
  try {
    return await Promise.race([terminal.question(question), ended])
  } catch (error) {
    process.stderr.write('\n')
    throw new Interrupted('Cancelled.', { cause: error })
  }
}
