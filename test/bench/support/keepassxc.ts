import { spawnSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kdbx } from '../../support/kdbx-files.ts'
import { median } from './window-run.ts'

const password = 'pässword'
const program = 'keepassxc-cli'

/** What its command line takes for each job, in milliseconds, without the start of the program itself. */
export type Times = { readonly open: number; readonly list: number; readonly search: number; readonly add: number }

export function isInstalled(): boolean {
  return spawnSync(program, ['--version']).status === 0
}

/**
 * The same work on a KDBX 4 database with so many entries and the cheapest Argon2 there is, so that the key derivation counts for
 * nothing; each command opens the database first.
 */
export async function timeKeePassXC(folder: string, entries: number, rounds: number): Promise<Times> {
  const file = join(folder, 'baseline.kdbx')
  writeFileSync(file, await kdbx({ version: 4, kdf: 'argon2id', memoryKiB: 64, entries }))
  const startMs = timed(rounds, () => run(['--version'], ''))
  const above = (job: () => void): number => timed(rounds, job) - startMs
  const other = join(folder, 'added.kdbx')
  return {
    open: above(() => run(['db-info', '-q', file], 'Datenbank')),
    list: above(() => run(['ls', '-q', '-R', '-f', file], `Entry ${entries - 1}`)),
    search: above(() => run(['search', '-q', file, `Entry ${entries - 1}`], `Entry ${entries - 1}`)),
    add:
      above(() => {
        copyFileSync(file, other)
        run(['add', '-q', '-u', 'someone', other, 'One more'], '')
      }) - timed(rounds, () => copyFileSync(file, other)),
  }
}

function timed(rounds: number, job: () => void): number {
  const took = Array.from({ length: rounds }, () => {
    const startedMs = performance.now()
    job()
    return performance.now() - startedMs
  })
  return median(took)
}

function run(args: ReadonlyArray<string>, expected: string): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input: `${password}\n`,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  if (status !== 0 || !stdout.includes(expected))
    throw new Error(`${program} ${args[0] ?? ''} did not do it: ${stderr.slice(0, 300)}`)
}
