import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { systemClock } from '../../src/main/clock.ts'
import { VaultImport } from '../../src/main/vault-import/vault-import.ts'
import { createTestVault, type TestVault } from './vault.ts'

export type ImportHome = TestVault & {
  readonly audit: AuditLog
  readonly vaultImport: VaultImport
  /** Writes a file into the home and chooses it; its path. */
  choose(content: Uint8Array | string): string
}

/** A real, unlocked vault with its log, and what imports into it. */
export async function createImportHome(options: { home?: string } = {}): Promise<ImportHome> {
  const test = await createTestVault(options)
  const { vault, home, events } = test
  const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })
  const vaultImport = new VaultImport({ vault, audit })
  let count = 0
  return {
    ...test,
    audit,
    vaultImport,
    choose(content) {
      count += 1
      const path = join(home, `import-${count}`)
      writeFileSync(path, content)
      vaultImport.choose({ path, keyFilePath: null })
      return path
    },
    cleanup() {
      audit.close()
      test.cleanup()
    },
  }
}
