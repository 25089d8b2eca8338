import { join } from 'node:path'
import { ContainerEngine } from '../../src/main/assistants/engine.ts'
import { findNodeBinary } from '../../src/main/assistants/image.ts'
import { ensureNodeImage } from '../../src/main/assistants/node-image.ts'
import { Supervisor, type SupervisorOptions } from '../../src/main/assistants/supervisor.ts'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import type { Egress } from '../../src/main/broker/assistant-egress.ts'
import { systemClock } from '../../src/main/clock.ts'
import { FakeEngine } from './fake-engine.ts'
import { createTestVault, type TestVault } from './vault.ts'

export const resourcesDir = join(import.meta.dirname, '..', '..', 'resources')

export type Seen = Parameters<Egress>[1] & { readonly asker: Parameters<Egress>[0] }

export type AssistantsHome = {
  readonly supervisor: Supervisor
  readonly audit: AuditLog
  readonly testVault: TestVault
  /** What left a hatch; answered with 200 and `hello from outside` unless the test gives its own way out. */
  readonly seen: Array<Seen>
  /** Stops everything and removes every trace, volumes included. */
  cleanup(): Promise<void>
}

/** A supervisor on a real vault, a real audit log and the real engine, unless the test gives the one in memory. */
export async function openAssistants(
  options: { egress?: Egress; engine?: ContainerEngine; timings?: SupervisorOptions['timings'] } = {},
): Promise<AssistantsHome> {
  const problem = process.env['CLAWKEEP_ENGINE_PROBLEM']
  if (problem !== undefined && !(options.engine instanceof FakeEngine)) throw new Error(problem)
  const testVault = await createTestVault()
  const { vault, home, events } = testVault
  const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })
  const seen: Array<Seen> = []
  const egress: Egress = (asker, request, signal) => {
    seen.push({ ...request, asker })
    if (options.egress !== undefined) return options.egress(asker, request, signal)
    return Promise.resolve({
      status: 200,
      headers: [{ name: 'content-type', value: 'text/plain' }],
      body: Buffer.from('hello from outside'),
      truncated: false,
    })
  }
  const supervisor = new Supervisor({
    records: vault.records,
    vault,
    audit,
    events,
    clock: systemClock,
    home,
    egress,
    resourcesDir,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.timings === undefined ? {} : { timings: options.timings }),
  })
  return {
    supervisor,
    audit,
    testVault,
    seen,
    async cleanup() {
      for (const { id } of supervisor.list()) await supervisor.remove(id, true).catch(() => undefined)
      await supervisor.dispose()
      await audit.flush().catch(() => undefined)
      audit.close()
      testVault.cleanup()
    },
  }
}

/** An image with one of the programs of `test/support/gateways`, made like the demo's. */
export function testImage(program: 'misbehaving'): Promise<string> {
  const nodeBinary = findNodeBinary(resourcesDir)
  if (nodeBinary === null) throw new Error('The pinned Node is not installed: run npm ci')
  const script = join(import.meta.dirname, 'gateways', `${program}.cjs`)
  return ensureNodeImage(
    new ContainerEngine(),
    { repo: `clawkeep-test/${program}`, nodeBinary, script },
    () => undefined,
    AbortSignal.timeout(60_000),
  )
}

/** One message to an assistant and its whole answer. */
export async function say(supervisor: Supervisor, id: string, message: string, sessionId?: string): Promise<string> {
  const chat = supervisor.openChat(id, { message, ...(sessionId === undefined ? {} : { sessionId }) })
  const { text } = await chat.run({
    signal: AbortSignal.timeout(20_000),
    onDelta: () => undefined,
  })
  return text
}
