/** Run by audit-kill.test.ts in a process of its own: appends to the log of a home and prints each entry once it is durable. */
import { join } from 'node:path'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { Vault } from '../../src/main/vault/vault.ts'

const [home = '', run = ''] = process.argv.slice(2)
const events = new ChangeEvents()
const vault = Vault.open({ file: join(home, 'vault.db'), clock: systemClock, events })
const log = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })

async function caller(number: number): Promise<void> {
  for (let count = 0; ; count++) {
    const target = `run_${run}_${number}_${count}`
    await log.around({ kind: 'tool.call', asker: { kind: 'client', id: 'key_ada' }, target }, async () => {
      process.stdout.write(`${target}\n`)
      await new Promise(setImmediate)
    })
  }
}

await Promise.all([0, 1, 2, 3].map(caller))
