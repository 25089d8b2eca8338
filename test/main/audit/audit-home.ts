import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { AuditLog, type AuditFacts } from '../../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { FakeClock } from '../../support/fake-clock.ts'

export const password = 'a password for the tests'

export const call: AuditFacts = { kind: 'tool.call', asker: { kind: 'client', id: 'key_ada' }, tool: 'secrets_list' }

type Finished = (end: () => void) => void

/** A folder that is gone after the test. */
export function temporaryFolder(finished: Finished = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-audit-'))
  finished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A real vault and a real log on one folder, like the core opens them. */
export function openHome(folder: string = temporaryFolder(), finished: Finished = onTestFinished) {
  const clock = new FakeClock()
  const events = new ChangeEvents()
  const announced: string[] = []
  events.on((topic) => announced.push(topic))
  const vault = Vault.open({ file: join(folder, 'vault.db'), clock, events })
  const file = join(folder, 'audit.db')
  const log = AuditLog.open({ file, clock, vault, events })
  const close = () => {
    log.close()
    vault.close()
  }
  finished(close)
  return { folder, file, clock, events, announced, vault, log, close }
}

/** So many calls, one after the other, no two alike. */
export async function append(log: AuditLog, count: number): Promise<void> {
  for (let done = 0; done < count; done++) await log.event({ ...call, target: `call_${done}` })
}
