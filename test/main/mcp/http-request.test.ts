import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Broker } from '../../../src/main/broker/broker.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Answers } from '../../../src/main/mcp/answers.ts'
import { httpRequest } from '../../../src/main/mcp/tools/http-request.ts'
import type { ToolOutput } from '../../../src/main/mcp/tool.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { toolCall } from '../../support/tool-call.ts'
import { createTestVault } from '../../support/vault.ts'

test('an answer’s headers are what the server sent, also under names that every object has', async () => {
  const testVault = await createTestVault()
  const server = createServer((_, response) => {
    response
      .writeHead(200, ['constructor', 'a', 'toString', 'b', '__proto__', 'c', 'x-two', '1', 'X-Two', '2'])
      .end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const network = [{ id: 'test', host: '127.0.0.1', port, note: 'loopback in tests' }]
    const broker = new Broker({ items: testVault.vault.items, policy: () => ({ ...defaultPolicy, network }) })
    const tool = httpRequest(broker, systemClock, new Answers({ clock: systemClock, onLock: () => undefined }))
    const args = tool.parse({ method: 'GET', url: `http://127.0.0.1:${port}/`, reason: 'test' })
    const output = await tool.plan(args, toolCall()).run({ note: () => undefined })
    expect((output as ToolOutput).structured?.['headers']).toMatchObject({
      constructor: 'a',
      tostring: 'b',
      'x-two': '1, 2',
    })
  } finally {
    server.close()
    testVault.cleanup()
  }
})
