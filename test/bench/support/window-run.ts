import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appFolder, electronCommand, emptyWindow, isolatedEnvironment } from '../../support/electron.ts'

const support = fileURLToPath(new URL('.', import.meta.url))
const deadlineMs = 60_000

/** What one start of a window showed. */
export type WindowRun = {
  /** From the start of the process until the window is on the screen and takes input. */
  readonly interactiveMs: number
  /** Every process of the app, after the idle time. */
  readonly processes: ReadonlyArray<{ type: string; rssKiB: number }>
}

/** Starts Clawkeep on `home`, or the empty window, once; reads the probe; waits for the end. */
export async function runWindow(
  which: 'clawkeep' | 'empty',
  folder: string,
  options: { idleMs?: number; script?: string } = {},
): Promise<WindowRun> {
  const userHome = join(folder, 'user')
  const home = join(folder, 'home')
  mkdirSync(userHome, { recursive: true })
  const { executablePath, args } = await electronCommand()
  const app = which === 'clawkeep' ? appFolder : emptyWindow
  const startedAtMs = Date.now()
  const child = spawn(executablePath, [...args, '-r', join(support, 'electron-probe.cjs'), app], {
    env: {
      ...isolatedEnvironment({ home, userHome }),
      EMPTY_WINDOW_PROFILE: join(folder, 'empty-profile'),
      CLAWKEEP_BENCH_IDLE_MS: String(options.idleMs ?? 0),
      CLAWKEEP_BENCH_SCRIPT: options.script ?? '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)))
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  const line = output.split('\n').find((text) => text.includes('"probe":true'))
  if (line === undefined) throw new Error(`The ${which} window did not get ready:\n${errors.slice(-2_000)}`)
  const probe = JSON.parse(line) as { interactiveAtMs: number; processes: WindowRun['processes'] }
  return { interactiveMs: probe.interactiveAtMs - startedAtMs, processes: probe.processes }
}

/** Makes the vault of `folder` once, so that every later start shows a vault that is locked. */
export async function makeVault(folder: string): Promise<void> {
  const answer = `window.clawkeep.request('vault.create', { password: 'a password for the bench' }).then((a) => { if (!a.ok) throw new Error(a.error.code) })`
  await runWindow('clawkeep', folder, { script: answer })
}

/** The middle of some numbers. */
export function median(values: ReadonlyArray<number>): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
