import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startOutsideWorld } from '../../scripts/demo/outside-world.ts'
import { appFolder } from '../support/electron.ts'
import { password } from './pages/gate.ts'
import { Prompt } from './pages/prompt.ts'
import { Rail, pageNames } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { connectClient } from './support/mcp-client.ts'

const canary = 'canary-9d41c7b2-never-in-the-page'

/** Everything that the page's engine holds: each message it ever got and kept, each string on the screen. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return chunks.join('')
}

test('a secret that is used, listed and asked about never reaches the page; only Reveal brings it there', async ({
  unlocked: { page, home },
  folder,
}) => {
  const outside = await startOutsideWorld()
  const passwordFile = join(folder, 'password')
  const secretFile = join(folder, 'secret')
  writeFileSync(passwordFile, password)
  writeFileSync(secretFile, canary)
  // Put in over the command line: what a person types into the page is there of itself.
  const place = ['--home', home, '--password-file', passwordFile]
  const item = [
    '--kind',
    'api-key',
    '--name',
    'garden',
    '--host',
    `localhost:${outside.port}`,
    '--value-file',
    secretFile,
  ]
  execFileSync(join(appFolder, 'bin/clawkeep'), [...place, 'item', 'add', ...item])
  const policy = await ask(page, 'policy.get', undefined)
  const network = [{ id: 'test', host: 'localhost', port: outside.port, ca: outside.ca }]
  await ask(page, 'policy.set', { policy: { ...policy, network } })

  const client = await connectClient(page)
  const url = `https://localhost:${outside.port}/garden`
  const headers = { authorization: 'Bearer {{secret:garden}}' }
  const asked = client.call('http_request', {
    method: 'POST',
    url,
    headers,
    body: '{{secret:garden}}',
    reason: 'To see.',
  })
  const prompt = new Prompt(page)
  await prompt.ready()
  await prompt.allowOnce.click()
  await asked
  expect(outside.seen[0]).toMatchObject({ authorization: `Bearer ${canary}`, body: canary })
  for (const name of pageNames) await new Rail(page).open(name)

  const heap = await heapOf(page)
  expect(heap).toContain('garden')
  expect(heap).not.toContain(canary)

  const [kept] = await ask(page, 'items.list', undefined)
  await page.evaluate(
    (secret) => Object.assign(globalThis, { revealed: secret }),
    await ask(page, 'items.reveal', { id: kept?.id ?? '', field: 'secret' }),
  )
  expect(await heapOf(page), 'the search itself').toContain(canary)
  await client.close()
  await outside.close()
})
