/** `npm run chaos vault [--kills N] [--seed N]`: kills a core in the middle of its work on a vault, and prints one JSON line at the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { vaultChaos } from './vault-chaos.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '2000' }, seed: { type: 'string' } },
})
const kills = Number(values.kills)
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed)
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed))
  throw new Error('--kills and --seed take whole numbers')

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-chaos-'))
process.stderr.write(`seed ${seed}, ${kills} kills\n`)
const startedMs = performance.now()
try {
  const byAct = await vaultChaos({
    folder,
    kills,
    seed,
    onKill: (done) => {
      if (done % 100 === 0) process.stderr.write(`${done} kills: all well\n`)
    },
  })
  const tookS = Math.round((performance.now() - startedMs) / 1000)
  process.stdout.write(`${JSON.stringify({ chaos: 'vault', kills, seed, lost: 0, unopenable: 0, tookS, byAct })}\n`)
  rmSync(folder, { recursive: true })
} catch (error) {
  // The folder stays, to be looked at.
  process.stderr.write(
    `${String(error)}\nThe files: ${folder}\nAgain: npm run chaos vault -- --seed ${seed} --kills ${kills}\n`,
  )
  process.exitCode = 1
}
