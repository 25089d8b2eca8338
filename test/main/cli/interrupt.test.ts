import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { repoRoot } from '../../support/spawn-core.ts'

/** A process that waits in `untilInterrupt` until it is cancelled, cleans up for a while, and ends with the code of the error. */
const program = (cleaningMs: number): string => `
  const { untilInterrupt } = await import(${JSON.stringify(join(repoRoot, 'src/main/cli/interrupt.ts'))})
  const { AppError } = await import(${JSON.stringify(join(repoRoot, 'src/shared/app-error.ts'))})
  const alive = setInterval(() => undefined, 1000)
  await untilInterrupt(async (signal) => {
    process.stdout.write('waiting')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.stdout.write(' cleaning')
    await new Promise((resolve) => setTimeout(resolve, ${cleaningMs}))
    process.stdout.write(' cleaned')
    throw new AppError('cancelled', 'Cancelled.')
  }).catch((error) => { process.exitCode = error.exitCode })
  clearInterval(alive)
`

async function cancelled(signal: NodeJS.Signals, cleaningMs: number) {
  const args = ['--input-type=module', '-e', program(cleaningMs)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await expect.poll(() => printed, { interval: 10, timeout: 10_000 }).toBe('waiting')
  child.kill(signal)
  await expect.poll(() => printed, { interval: 10, timeout: 10_000 }).toBe('waiting cleaning')
  return { child, ended: once(child, 'close'), printed: () => printed }
}

describe.runIf(process.platform !== 'win32')('a command that can be interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('cleans up at %s and ends with %i as a shell has it', async (signal, code) => {
    const { ended, printed } = await cancelled(signal, 50)
    expect(await ended).toEqual([code, null])
    expect(printed()).toBe('waiting cleaning cleaned')
  })

  test('cleans up also when one Ctrl-C comes twice, from the terminal and from the launcher, and the launcher goes', async () => {
    const { child, ended, printed } = await cancelled('SIGINT', 300)
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect(await ended).toEqual([130, null])
    expect(printed()).toBe('waiting cleaning cleaned')
  })

  test('ends as it is when Ctrl-C is pressed again later', async () => {
    const { child, ended, printed } = await cancelled('SIGINT', 10_000)
    await sleep(700)
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
    expect(printed()).toBe('waiting cleaning')
  })
})
