import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repoRoot } from '../../support/spawn-core.ts'

/** A process that waits in `untilInterrupt` until it is cancelled, cleans up, and ends with the code of the error. */
const program = `
  const { untilInterrupt } = await import(${JSON.stringify(join(repoRoot, 'src/main/cli/interrupt.ts'))})
  const { AppError } = await import(${JSON.stringify(join(repoRoot, 'src/shared/app-error.ts'))})
  const alive = setInterval(() => undefined, 1000)
  await untilInterrupt(async (signal) => {
    process.stdout.write('waiting')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.stdout.write(' cleaned')
    throw new AppError('cancelled', 'Cancelled.')
  }).catch((error) => { process.exitCode = error.exitCode })
  clearInterval(alive)
`

test.runIf(process.platform !== 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s cancels the work, which cleans up, and ends with %i as a shell has it', async (signal, code) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await expect.poll(() => printed, { interval: 10, timeout: 10_000 }).toBe('waiting')
  child.kill(signal)
  expect(await once(child, 'close')).toEqual([code, null])
  expect(printed).toBe('waiting cleaned')
})
