import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Page } from '@playwright/test'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { lookEverywhere } from './support/look.ts'

const longName = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'

async function connect(page: Page, secret: string, name: string): Promise<FirstClient> {
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  const client = new FirstClient({ name, version: '4.2.0' })
  const headers = { authorization: `Bearer ${secret}` }
  await client.connect(
    new StreamableHTTPClientTransport(new URL(mcpUrl ?? ''), { requestInit: { headers } }) as Transport,
  )
  return client
}

test('a real client is shown, counted as it calls, and disconnected; its open call is told', async ({
  unlocked: clawkeep,
}) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
  const { secret } = await ask(page, 'keys.create', { name: 'Claude', scopes: ['openclaw:read', 'secrets:use'] })
  await ask(page, 'items.add', { kind: 'api-key', name: 'garden', secret: 's', hosts: ['garden.example'] })
  await new Rail(page).open('Clients')
  await page.getByRole('tab', { name: 'Connected now' }).click()
  await expect(page.getByRole('heading', { name: 'Nobody is connected' })).toBeVisible()
  await lookEverywhere(clawkeep, 'sessions-empty')

  const client = await connect(page, secret, 'claude-ai')
  const row = page.getByRole('option', { name: /claude-ai 4\.2\.0/ })
  await expect(row).toContainText('0 calls')
  for (let calls = 1; calls <= 3; calls += 1) {
    await client.callTool({ name: 'openclaw_instances', arguments: {} })
    await expect(row).toContainText(calls === 1 ? '1 call' : `${calls} calls`)
  }
  const other = await connect(page, secret, longName.repeat(2))
  await row.click()
  await expect(page.getByRole('complementary')).toContainText('openclaw_instances')
  await lookEverywhere(clawkeep, 'sessions-open')

  const call = client.callTool({
    name: 'http_request',
    arguments: {
      method: 'POST',
      url: 'https://garden.example/beds',
      headers: { authorization: 'Bearer {{secret:garden}}' },
      reason: 'Water them.',
    },
  })
  await expect(row).toContainText('4 calls')
  await new Rail(page).open('Clients')
  await page.getByRole('tab', { name: 'Connected now' }).click()
  await row.click()
  await page.getByRole('button', { name: 'Disconnect…' }).click()
  await lookEverywhere(clawkeep, 'sessions-disconnect')
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(row).toHaveCount(0)
  expect(JSON.stringify(await call)).toContain('The person disconnected this program in Clawkeep.')
  await expect(client.listTools()).rejects.toThrow(/Session not found/)
  await Promise.all([client.close(), other.close()])
})

test('100 connected programs fit the view', async ({ unlocked: clawkeep }) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
  const clients: FirstClient[] = []
  for (let key = 0; key < 20; key += 1) {
    const { secret } = await ask(page, 'keys.create', { name: `Key ${key}`, scopes: ['openclaw:read'] })
    for (let program = 0; program < 5; program += 1)
      clients.push(await connect(page, secret, `program-${key}-${program}`))
  }
  const { length } = await ask(page, 'sessions.list', undefined)
  expect(length).toBe(100)
  await new Rail(page).open('Clients')
  await page.getByRole('tab', { name: 'Connected now' }).click()
  await expect(page.getByText('100 programs')).toBeVisible()
  await lookEverywhere(clawkeep, 'sessions-crowded')
  await Promise.all(clients.map((client) => client.close()))
})

test('keys of another program are imported from a file, one is replaced, and the file is deleted when asked', async ({
  unlocked: clawkeep,
  folder,
}) => {
  test.setTimeout(180_000)
  const { app, page } = clawkeep
  const [one, two] = [0, 1].map(() => `oc_sk_${randomBytes(24).toString('hex')}`)
  const file = join(folder, 'bridge.csv')
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] })
  }, file)
  await new Rail(page).open('Clients')
  await page.getByRole('tab', { name: 'Keys and sign-ins' }).click()
  await page.getByRole('button', { name: 'Import keys' }).click()
  await lookEverywhere(clawkeep, 'import-start')
  writeFileSync(file, `key,name,scopes\n${one},CRM,openclaw:read\n${two},${longName},\n${one},again,\nnonsense,,\n`)
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await expect(page.getByText('Line 4 has the same key as line 2.')).toBeVisible()
  await lookEverywhere(clawkeep, 'import-problems')
  writeFileSync(file, `key,name,scopes\n${one},CRM,openclaw:read\n${two},${longName},\n`)
  await page.getByRole('button', { name: 'Choose another…' }).click()
  await expect(page.getByText('as you choose')).toBeVisible()
  await lookEverywhere(clawkeep, 'import-preview')
  await page.getByRole('button', { name: 'Import 2 keys' }).click()
  await expect(page.getByRole('heading', { name: '2 keys imported' })).toBeVisible()
  expect(existsSync(file)).toBe(true)
  await lookEverywhere(clawkeep, 'import-done')
  await page.getByRole('button', { name: 'Delete the file' }).click()
  await expect.poll(() => existsSync(file)).toBe(false)

  const client = await connect(page, one ?? '', 'crm')
  await client.listTools()
  await page.getByRole('option', { name: /CRM/ }).click()
  await page.getByRole('button', { name: 'New key…' }).click()
  await lookEverywhere(clawkeep, 'rotate')
  await page.getByRole('button', { name: 'Make new key' }).click()
  await page.getByRole('button', { name: 'I have saved the key' }).click()
  await expect(page.getByText('Still works for')).toBeVisible()
  await lookEverywhere(clawkeep, 'rotated')
  await client.listTools()
  await client.close()
})
