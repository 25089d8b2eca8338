import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeVault, median, runWindow } from './support/window-run.ts'

// From the start of the process until the window is shown and takes input, beside an empty Electron window, taken in turns.

const rounds = 9
const target = 1.5

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-bench-'))
try {
  await makeVault(folder)
  await runWindow('empty', folder)
  const clawkeep: number[] = []
  const empty: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    empty.push((await runWindow('empty', folder)).interactiveMs)
    clawkeep.push((await runWindow('clawkeep', folder)).interactiveMs)
  }
  const [value, baseline] = [median(clawkeep), median(empty)]
  const ratio = Number((value / baseline).toFixed(2))
  console.log(
    JSON.stringify({
      bench: 'start',
      figure: 'interactive_ratio',
      unit: 'ms',
      value,
      baseline,
      ratio,
      target: `≤ ${target}`,
    }),
  )
  if (ratio > target) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
