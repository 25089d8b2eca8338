import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Approvals } from '../../../src/main/approvals/approvals.ts'
import { Gate, type GateRequest } from '../../../src/main/approvals/gate.ts'
import { AuditLog } from '../../../src/main/audit/audit-log.ts'
import { PolicyStore } from '../../../src/main/policy/policy-store.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import type { Approval } from '../../../src/shared/models/approval.ts'
import type { AuditEntry } from '../../../src/shared/models/audit.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

/** Everything between a request and its permission, on a real vault and a real log; only the clock is ours. */
export type Desk = {
  readonly clock: FakeClock
  readonly store: TestVault
  vault: Vault
  audit: AuditLog
  policy: PolicyStore
  approvals: Approvals
  gate: Gate
  /** Goes on with what `kill -9` at this moment would leave: copies of the files, taken while the old core still runs. */
  restartAfterKill(): Promise<void>
  entries(kind: AuditEntry['kind']): ReadonlyArray<AuditEntry>
  /** Waits for `count` pending questions and returns them. */
  pending(count?: number): Promise<ReadonlyArray<Approval>>
  close(): void
}

export const timeoutMs = 300_000

export async function openDesk(): Promise<Desk> {
  const clock = new FakeClock()
  const store = await createTestVault({ clock })
  const make = (vault: Vault, audit: AuditLog) => {
    const { events } = store
    const policy = new PolicyStore({ records: vault.records, events, vault, clock })
    const approvals = new Approvals({ vault, records: vault.records, audit, clock, events, timeoutMs: () => timeoutMs })
    return { vault, audit, policy, approvals, gate: new Gate({ vault, audit, policy, approvals, clock }) }
  }
  const openLog = (home: string, vault: Vault): AuditLog =>
    AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events: store.events })
  let lastHome = store.home
  const ends: Array<() => void> = []
  const desk: Desk = {
    clock,
    store,
    ...make(store.vault, openLog(store.home, store.vault)),
    async restartAfterKill() {
      const home = join(store.home, `after-kill-${ends.length}`)
      mkdirSync(home, { mode: 0o700 })
      for (const name of ['vault.db', 'vault.db-wal', 'audit.db', 'audit.db-wal']) {
        cpSync(join(lastHome, name), join(home, name))
      }
      const old = { ...desk }
      ends.push(() => {
        old.approvals.dispose()
        old.audit.close()
        old.vault.close()
      })
      lastHome = home
      const vault = Vault.open({ file: join(home, 'vault.db'), clock, events: store.events })
      const parts = make(vault, openLog(home, vault))
      await vault.unlock(store.password)
      Object.assign(desk, parts)
    },
    entries: (kind) => desk.audit.list({ limit: 500, kinds: [kind] }).entries,
    async pending(count = 1) {
      for (;;) {
        const waiting = desk.approvals.list().filter((approval) => approval.state === 'pending')
        if (waiting.length >= count) return waiting
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close() {
      desk.approvals.dispose()
      desk.audit.close()
      desk.vault.close()
      for (const end of ends) end()
      store.cleanup()
    },
  }
  return desk
}

/** A client's request with a secret, as the gate gets it. */
export function gateRequest(more: Partial<GateRequest> = {}): GateRequest {
  return {
    asker: { kind: 'client', id: 'key_1', name: 'Claude Desktop' },
    tool: 'http_request',
    definitionHash: 'd'.repeat(64),
    args: { method: 'POST', url: 'https://api.github.com/repos/ada/garden/issues' },
    auditKind: 'tool.call',
    secrets: [{ itemId: 'itm_1', name: 'github', placement: 'header Authorization' }],
    host: 'api.github.com',
    method: 'POST',
    view: {
      method: 'POST',
      url: 'https://api.github.com/repos/ada/garden/issues',
      host: 'api.github.com',
      headers: [{ name: 'Authorization', value: 'Bearer {{secret:github}}' }],
      body: null,
    },
    reason: 'File the issue you asked for yesterday.',
    risks: [],
    signal: new AbortController().signal,
    ...more,
  }
}
