// A process of its own that starts an assistant and then waits to be killed: `node … HOME`. Prints the container's id.

import { join } from 'node:path'
import { Supervisor } from '../../src/main/assistants/supervisor.ts'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { Vault } from '../../src/main/vault/vault.ts'

const [home = ''] = process.argv.slice(2)
const events = new ChangeEvents()
const vault = Vault.open({ file: join(home, 'vault.db'), clock: systemClock, events })
await vault.create('correct horse battery staple')
const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })
const supervisor = new Supervisor({
  records: vault.records,
  vault,
  audit,
  events,
  clock: systemClock,
  home,
  resourcesDir: join(import.meta.dirname, '..', '..', 'resources'),
  egress: () => Promise.reject(new Error('Nothing goes out here')),
})
const { id } = await supervisor.create({ name: 'orphan', image: 'demo', memoryMiB: 256 })
const { containerId } = await supervisor.start(id)
console.log(containerId)
