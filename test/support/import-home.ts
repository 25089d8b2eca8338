import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VaultImport } from '../../src/main/vault-import/vault-import.ts'
import { type AuditedVault, createAuditedVault } from './audited-vault.ts'

export type ImportHome = AuditedVault & {
  readonly vaultImport: VaultImport
  /** Writes a file into the home and chooses it; its path. */
  choose(content: Uint8Array | string): string
}

/** A real, unlocked vault with its log, and what imports into it. */
export async function createImportHome(options: { home?: string } = {}): Promise<ImportHome> {
  const test = await createAuditedVault(options)
  const { vault, home, audit } = test
  const vaultImport = new VaultImport({ vault, audit })
  let count = 0
  return {
    ...test,
    vaultImport,
    choose(content) {
      count += 1
      const path = join(home, `import-${count}`)
      writeFileSync(path, content)
      vaultImport.choose({ path, keyFilePath: null })
      return path
    },
  }
}
