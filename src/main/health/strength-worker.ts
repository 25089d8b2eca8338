import { parentPort } from 'node:worker_threads'
import { loadJudge } from '../../shared/strength.ts'

/** Passwords to judge, each with what its guesser would know. */
export type StrengthQuestion = ReadonlyArray<{ readonly password: string; readonly known: ReadonlyArray<string> }>

/** The other side of `strength-apart.ts`: scores each batch it is sent, and keeps nothing of it. */
async function main(): Promise<void> {
  const judge = await loadJudge()
  parentPort?.on('message', (question: StrengthQuestion) => {
    parentPort?.postMessage(question.map(({ password, known }) => judge(password, known).score))
  })
}

void main()
