import { join } from 'node:path'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { systemClock, type Clock } from '../../src/main/clock.ts'
import { createTestVault, type TestVault } from './vault.ts'

export type AuditedVault = TestVault & { readonly audit: AuditLog }

/** A real, unlocked vault and the log in which its acts are written down; one derivation. */
export async function createAuditedVault(options: { clock?: Clock; home?: string } = {}): Promise<AuditedVault> {
  const test = await createTestVault(options)
  const { vault, home, events } = test
  const clock = options.clock ?? systemClock
  const audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events })
  return {
    ...test,
    audit,
    cleanup() {
      audit.close()
      test.cleanup()
    },
  }
}
