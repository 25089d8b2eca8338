import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { repoRoot, spawnScript } from '../support/spawn-core.ts'
import { randomFrom } from './random.ts'
import { acts, type Act, type Content, type Said } from './vault-acts.ts'

export type ChaosOptions = {
  /** Holds the home and what the processes write down; removed by the caller. */
  readonly folder: string
  readonly kills: number
  readonly seed: number
  readonly onKill?: (kills: number, act: Act) => void
}

/** How many kills were aimed at each act, and how many hit one that was under way. */
export type ChaosResult = Readonly<Record<Act, { readonly aimed: number; readonly hit: number }>>

/** About as long as each act takes: kills are spread evenly over it and a little behind it. */
const spanMs: Readonly<Record<Act, number>> = { edit: 12, rotate: 90, backup: 50, restore: 350, attach: 30, import: 40 }

type Expected = { readonly allowed: ReadonlyArray<Content>; readonly underWay: Act | null }

/**
 * Kills a core again and again in the middle of what it does to one vault, and looks after each kill whether the vault opens, everything
 * acknowledged is there, nothing is half done, the audit log is whole, and a backup of the folder opens. Throws with the
 * seed of the round that shows otherwise.
 */
export async function vaultChaos({ folder, kills, seed, onKill }: ChaosOptions): Promise<ChaosResult> {
  const home = join(folder, 'home')
  const passwordFile = join(folder, 'password')
  // Most of a round is compiling the core anew.
  const cache = join(folder, 'compiled')
  writeFileSync(passwordFile, 'correct horse battery staple\n', { mode: 0o600 })
  const result = Object.fromEntries(acts.map((act) => [act, { aimed: 0, hit: 0 }])) as Record<
    Act,
    { aimed: number; hit: number }
  >
  let expected: Expected = { allowed: [{}], underWay: null }
  for (let round = 0; round <= kills; round += 1) {
    const random = randomFrom(seed + round)
    const aim = acts[round % acts.length] as Act
    const said = join(folder, `said-${round}`)
    const args = [home, passwordFile, said, String(seed + round), aim]
    const run = spawnScript(join(repoRoot, 'test/chaos/vault-child.ts'), args, { NODE_COMPILE_CACHE: cache })
    try {
      await run.line((line) => line['event'] === 'open')
      check(expected, readLines(said)[0])
      if (round === kills) break
      await run.line((line) => line['event'] === 'aimed')
      await new Promise((resolve) => setTimeout(resolve, random() * spanMs[aim]))
    } catch (error) {
      throw new Error(`seed ${seed}, kill ${round} (${aim}): ${String(error)}`, { cause: error })
    } finally {
      run.child.kill('SIGKILL')
      await run.exited
    }
    if (!run.child.killed && run.errors() !== '') throw new Error(`seed ${seed}, kill ${round}: ${run.errors()}`)
    expected = expectedAfter(readLines(said))
    result[aim].aimed += 1
    if (expected.underWay === aim) result[aim].hit += 1
    for (const name of readdirSync(folder)) if (name.startsWith('said-')) rmSync(join(folder, name))
    for (const name of readdirSync(home)) if (/before-restore/.test(name)) rmSync(join(home, name))
    onKill?.(round + 1, aim)
  }
  return result
}

/** The last line may be cut by the kill, and was not acknowledged then. */
function readLines(file: string): ReadonlyArray<Said> {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Said)
}

function expectedAfter(lines: ReadonlyArray<Said>): Expected {
  let expected: Expected = { allowed: [], underWay: null }
  for (const line of lines) {
    if (line.event === 'open') expected = { allowed: [line.content], underWay: null }
    else if (line.event === 'begin') expected = { allowed: [line.before, line.after], underWay: line.op }
    else expected = { allowed: expected.allowed.slice(-1), underWay: null }
  }
  return expected
}

function check({ allowed, underWay }: Expected, opened: Said | undefined): void {
  if (opened?.event !== 'open') throw new Error('The vault was not opened')
  const { content, problem, auditProblem, badBackups } = opened
  if (problem !== null) throw new Error(`The vault is not whole: ${JSON.stringify(problem)}`)
  if (auditProblem !== null) throw new Error(`The audit log is not whole: ${JSON.stringify(auditProblem)}`)
  if (badBackups.length > 0) throw new Error(`A backup does not open: ${badBackups.join(', ')}`)
  if (allowed.some((one) => isDeepStrictEqual(one, content))) return
  const names = (one: Content | undefined): string =>
    Object.keys(one ?? {})
      .toSorted()
      .join(', ')
  throw new Error(
    `An acknowledged write is gone or half done (under way: ${underWay ?? 'nothing'}). Found ${names(content)}; expected ${allowed.map(names).join(' or ')}`,
  )
}
