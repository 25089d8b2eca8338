import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { startOutsideWorld } from '../../scripts/demo/outside-world.ts'
import { filesIn, processFacts, search } from '../support/canaries.ts'
import { appFolder } from '../support/electron.ts'
import { Gate, password } from './pages/gate.ts'
import { Prompt } from './pages/prompt.ts'
import { Rail, pageNames } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { type Clawkeep, expect, test } from './support/clawkeep.ts'
import { connectClient } from './support/mcp-client.ts'

const canary = 'canary-9d41c7b2-never-in-the-page'

/** Where the secret or the password lies in a file: the home with the profile of the window, the home of the person, what is temporary, and what the app printed. */
function found({ pid, home, userHome, stderr }: Clawkeep, temporary: string): ReadonlyArray<string> {
  const files = [
    ...filesIn(home, 'home'),
    ...filesIn(userHome, 'the home of the person'),
    ...filesIn(temporary, 'temporary'),
  ]
  const printed = { name: 'what it printed', bytes: Buffer.from(stderr()) }
  const process = existsSync(`/proc/${pid}`) ? processFacts(pid, appFolder) : []
  return search(
    [...files, printed, ...process],
    [
      { name: 'the secret', text: canary },
      { name: 'the password', text: password },
    ],
  )
}

/** Everything that the page's engine holds: each message it ever got and kept, each string on the screen. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return chunks.join('')
}

test('a secret that is used, listed and asked about reaches the page by Reveal alone, and no file: not before a lock, not after, not by a crash', async ({
  launchUnlocked,
  folder,
}) => {
  const temporary = mkdtempSync(join(folder, 'tmp-'))
  const clawkeep = await launchUnlocked({ env: { TMPDIR: temporary, SQLITE_TMPDIR: temporary } })
  const { app, page, home } = clawkeep
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

  // Where Electron puts dumps of a crash, logs and what is temporary; each of them is looked through.
  const own = await app.evaluate(({ app: it }) =>
    (['crashDumps', 'logs', 'temp', 'userData'] as const).map((name) => it.getPath(name)),
  )
  for (const path of own)
    expect(
      [home, temporary].some((looked) => path.startsWith(looked)),
      path,
    ).toBe(true)
  expect(found(clawkeep, temporary)).toEqual([])
  const gate = new Gate(page)
  await new Rail(page).lock()
  await gate.locked()
  expect(found(clawkeep, temporary)).toEqual([])
  await gate.unlock()
  await gate.opened()
  await ask(page, 'items.reveal', { id: kept?.id ?? '', field: 'secret' })
  await app.evaluate(() => process.crash()).catch(() => undefined)
  expect(await clawkeep.ended).toBeNull()
  expect(found(clawkeep, temporary)).toEqual([])
  const plant = join(own[0] ?? '', 'planted.dmp')
  mkdirSync(dirname(plant), { recursive: true })
  writeFileSync(plant, canary)
  expect(found(clawkeep, temporary), 'the search itself').toEqual([
    'the secret as utf8 in home/window/Crashpad/planted.dmp',
  ])
})
