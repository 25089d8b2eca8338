import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { Hatch } from '../../../src/main/assistants/hatch.ts'
import type { Egress } from '../../../src/main/broker/assistant-egress.ts'
import { type Clock, systemClock } from '../../../src/main/clock.ts'

type Asked = {
  method: string
  url: string
  headers: ReadonlyArray<{ name: string; value: string }>
  body: string | null
  reason: string
  asker: string
}

/** The repository’s own. */
export const resources = join(import.meta.dirname, '..', '..', '..', 'resources')
/** What ends with the test. */
export const open: Array<() => void> = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** A real hatch with a way out that writes down what it was asked. */
export async function makeHatch(
  answer: Egress | null = null,
  clock: Clock = systemClock,
  bodyTimeoutMs = 10_000,
): Promise<{ hatch: Hatch; asked: Array<Asked> }> {
  const asked: Array<Asked> = []
  const egress: Egress = (asker, { body, ...rest }, signal) => {
    asked.push({ ...rest, body: body?.toString() ?? null, asker: asker.id })
    if (answer !== null) return answer(asker, { body, ...rest }, signal)
    const headers = [
      { name: 'content-type', value: 'text/plain' },
      { name: 'set-cookie', value: 'a=1' },
      { name: 'set-cookie', value: 'b=2' },
      { name: 'transfer-encoding', value: 'chunked' },
    ]
    return Promise.resolve({ status: 201, headers, body: Buffer.from('from outside'), truncated: false })
  }
  const runtimeDir = mkdtempSync(join(tmpdir(), 'ck-test-'))
  const asker = { kind: 'assistant' as const, id: 'ast_1', name: 'ada' }
  const hatch = await Hatch.open({
    clock,
    bodyTimeoutMs,
    runtimeDir,
    script: join(resources, 'hatch', 'hatch.cjs'),
    asker,
    egress,
    traits: { openclaw: false, envProxy: true },
  })
  open.push(() => hatch.close())
  return { hatch, asked }
}
