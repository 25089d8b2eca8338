import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AuditLog } from '../../../src/main/audit/audit-log.ts'
import { PasswordDoor } from '../../../src/main/ipc/password-door.ts'

/** A vault that takes its time over each password, one after the other, as the real one does; and its door. */
function lockedVault() {
  let turn: Promise<unknown> = Promise.resolve()
  const derive = (then: () => void): Promise<void> => {
    const mine = turn.then(() => sleep(20)).then(then)
    turn = mine
    return mine
  }
  const vault = {
    state: 'locked' as 'locked' | 'unlocked',
    unlock: (): Promise<void> => derive(() => void (vault.state = 'unlocked')),
    verifyPassword: (): Promise<void> => derive(() => undefined),
    lock: (): void => void (vault.state = 'locked'),
  }
  const audit = {
    around: (_facts, run) => run({} as never),
    event: () => Promise.resolve(),
  } satisfies Pick<AuditLog, 'around' | 'event'>
  return { vault, door: new PasswordDoor({ vault, audit }) }
}

test('calls side by side all find the vault open, and the last one locks it again', async () => {
  const { vault, door } = lockedVault()
  const call = (): Promise<string> =>
    door.through('right', async () => {
      await sleep(1)
      return vault.state
    })
  expect(await Promise.all([call(), call(), call()])).toEqual(['unlocked', 'unlocked', 'unlocked'])
  expect(vault.state).toBe('locked')
})

test('a call that tries its password while the person unlocks does not lock the vault behind them', async () => {
  const { vault, door } = lockedVault()
  const unlocking = vault.unlock().then(() => door.keepOpen())
  expect(await door.through('right', async () => vault.state)).toBe('unlocked')
  await unlocking
  expect(vault.state).toBe('unlocked')
})
