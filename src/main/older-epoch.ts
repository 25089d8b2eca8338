import type { AuditLog } from './audit/audit-log.ts'
import type { VaultProblem } from './vault/manifest-check.ts'
import type { Vault } from './vault/vault.ts'

/**
 * Attack: an older vault file put back from outside. The log remembers the epoch of the last rotation; a restore since, also one that
 * was cut off, explains an older one. Null when nothing speaks against the file.
 */
export function findOlderEpoch(vault: Vault, audit: Pick<AuditLog, 'list'>): VaultProblem | null {
  const { epoch } = vault.whole
  const remembered = rememberedEpoch(audit)
  if (remembered <= epoch) return null
  return {
    table: 'header',
    id: 'epoch',
    message: `The vault file is an older one (epoch ${epoch}, the audit log remembers ${remembered}): it was put back outside Clawkeep.`,
  }
}

function rememberedEpoch(audit: Pick<AuditLog, 'list'>): number {
  try {
    const { entries } = audit.list({ kinds: ['vault.rotate', 'vault.restore'], limit: 50 })
    const last = entries.find(({ kind, outcome }) => kind === 'vault.restore' || outcome === 'ok')
    return Number(/^epoch-(\d+)$/.exec(last?.target ?? '')?.[1] ?? 0)
  } catch {
    // A log that cannot be read says so itself.
    return 0
  }
}
