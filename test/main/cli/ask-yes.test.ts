import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repoRoot } from '../../support/spawn-core.ts'

/** A process that asks at its terminal, and says how that ended. */
const program = `
  import(${JSON.stringify(join(repoRoot, 'src/main/cli/ask-yes.ts'))})
    .then(({ askYes }) => askYes("Go on?"))
    .then((yes) => ["answered", yes], (error) => [error.message, error.code, error.exitCode])
    .then((told) => process.stdout.write(told.join(" ")))
`

test.runIf(process.platform === 'linux').each([
  ['y', 'y\r', 'answered true'],
  ['Enter alone', '\r', 'answered false'],
  ['Ctrl-C', '\u0003', 'Cancelled. cancelled 130'],
  ['Ctrl-D', '\u0004', 'Cancelled. cancelled 130'],
])('%s at a question is an answer, or says that it was cancelled', async (_what, typed, told) => {
  const words = [process.execPath, '-e', program].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', words, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!printed.includes('[y/N]') && (printed + text).includes('[y/N]')) child.stdin.write(typed)
    printed += text
  })
  await once(child, 'close')
  expect(printed.trim().split('\r\n').at(-1)).toBe(told)
})
