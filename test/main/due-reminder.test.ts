import { expect, test } from 'vitest'
import { DueReminder } from '../../src/main/due-reminder.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { createTestVault } from '../support/vault.ts'

const hourMs = 60 * 60_000

test('what is due is said once a day, after a restart too; what was not said may still be', async () => {
  const clock = new FakeClock()
  const made = await createTestVault({ clock })
  try {
    let said = 0
    const say = () => {
      said += 1
      return true
    }
    const reminder = new DueReminder({ records: made.vault.records, clock })
    reminder.remind(() => false)
    reminder.remind(say)
    clock.pass(23 * hourMs)
    reminder.remind(say)
    expect(said).toBe(1)

    const again = made.reopen()
    await again.unlock(made.password)
    const next = new DueReminder({ records: again.records, clock })
    next.remind(say)
    expect(said).toBe(1)
    clock.pass(hourMs)
    next.remind(say)
    next.remind(say)
    expect(said).toBe(2)

    clock.setWall(clock.now() - 48 * hourMs)
    next.remind(say)
    expect(said).toBe(3)
  } finally {
    made.cleanup()
  }
})
