import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeVault, median, runWindow } from './support/window-run.ts'

// Resident memory of every process of the app together, idle, beside an empty Electron window. Pages that processes share
// are counted in each of them, in both.

const rounds = 3
const idleMs = 5_000

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-bench-'))
try {
  await makeVault(folder)
  const unlock = `window.clawkeep.request('vault.unlock', { password: 'a password for the bench' }).then((a) => { if (!a.ok) throw new Error(a.error.code) })`
  const sums: Record<'empty' | 'locked' | 'unlocked', number[]> = { empty: [], locked: [], unlocked: [] }
  for (let round = 0; round < rounds; round += 1) {
    sums.empty.push(await megabytes('empty'))
    sums.locked.push(await megabytes('clawkeep'))
    sums.unlocked.push(await megabytes('clawkeep', unlock))
  }
  const baseline = median(sums.empty)
  for (const state of ['locked', 'unlocked'] as const) {
    const value = median(sums[state])
    const ratio = Number((value / baseline).toFixed(2))
    console.log(
      JSON.stringify({
        bench: 'memory',
        figure: `idle_rss_${state}`,
        unit: 'MiB',
        value,
        baseline,
        ratio,
        target: 'shown',
      }),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function megabytes(which: 'clawkeep' | 'empty', script = ''): Promise<number> {
  const { processes } = await runWindow(which, folder, { idleMs, script })
  return Math.round(processes.reduce((sum, { rssKiB }) => sum + rssKiB, 0) / 1024)
}
