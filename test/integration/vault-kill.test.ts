import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acts } from '../chaos/vault-acts.ts'
import { vaultChaos } from '../chaos/vault-chaos.ts'

/** Side by side, one for each of two cores; `npm run chaos vault` kills 2,000 times. */
const seeds = [20_261_100, 20_261_200]
const killsEach = 24

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-vault-kill-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.concurrent.each(seeds)(
  `${killsEach} kill -9 in the middle of edits, imports, rotations, backups, restores and attached files lose nothing and leave every file open (seed %i)`,
  { timeout: 600_000 },
  async (seed) => {
    const own = mkdtempSync(join(folder, 'home-'))
    const result = await vaultChaos({ folder: own, kills: killsEach, seed })
    expect(acts.map((act) => result[act].aimed)).toEqual(acts.map(() => killsEach / acts.length))
    // A harness whose kills all come too late would prove nothing.
    expect(acts.reduce((hits, act) => hits + result[act].hit, 0)).toBeGreaterThan(killsEach / 4)
  },
)
