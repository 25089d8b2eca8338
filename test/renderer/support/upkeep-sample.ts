import type { Upkeep } from '../../../src/shared/models/upkeep.ts'

/** A vault with two backups, whose key is a month old. */
export function someUpkeep(more: Partial<Upkeep> = {}): Upkeep {
  const atMs = Date.now() - 2 * 60 * 60_000
  return {
    running: null,
    folder: '/home/ada/.local/share/clawkeep/backups',
    backups: [
      { name: 'vault-20261122T030000000Z-daily.ckbackup', atMs, reason: 'daily', bytes: 320_000 },
      {
        name: 'vault-20261121T030000000Z-daily.ckbackup',
        atMs: atMs - 24 * 60 * 60_000,
        reason: 'daily',
        bytes: 310_000,
      },
    ],
    problem: null,
    epoch: 3,
    keySinceMs: Date.now() - 30 * 24 * 60 * 60_000,
    nextRotationAtMs: null,
    check: null,
    keptAside: null,
    ...more,
  }
}
