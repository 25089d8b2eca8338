import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock, type Clock } from '../../src/main/clock.ts'
import type { ItemInput } from '../../src/shared/models/item.ts'
import { Vault } from '../../src/main/vault/vault.ts'

/** With a letter that Unicode can write in two ways. */
export const testPassword = 'correct hörse battery staple'

export type TestVault = {
  readonly vault: Vault
  readonly home: string
  readonly file: string
  readonly events: ChangeEvents
  readonly password: string
  readonly recoveryWords: string
  /** Closes the vault and opens the same file again, locked. Closed by `cleanup` as well. */
  reopen(): Vault
  cleanup(): void
}

/** A login as it is added. */
export function aLogin(name: string, more: Partial<ItemInput> = {}): ItemInput {
  return { kind: 'login', name, secret: 'one', ...more }
}

/** A fresh folder (0700); the caller removes it. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'clawkeep-test-'))
}

/** A real, unlocked vault in a fresh folder; takes one derivation (about 0.15 s), so make one per file where that will do. */
export async function createTestVault(
  options: { clock?: Clock; events?: ChangeEvents; home?: string } = {},
): Promise<TestVault> {
  const home = options.home ?? temporaryHome()
  const file = join(home, 'vault.db')
  const clock = options.clock ?? systemClock
  const events = options.events ?? new ChangeEvents()
  const opened = [Vault.open({ file, clock, events })]
  const vault = opened[0] as Vault
  const recoveryWords = await vault.create(testPassword)
  return {
    vault,
    home,
    file,
    events,
    password: testPassword,
    recoveryWords,
    reopen() {
      for (const old of opened) old.close()
      const again = Vault.open({ file, clock, events })
      opened.push(again)
      return again
    },
    cleanup() {
      for (const old of opened) old.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
