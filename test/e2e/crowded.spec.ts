import type { Page } from '@playwright/test'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { pending } from './support/garden.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'
import { connectClient, type McpClient } from './support/mcp-client.ts'

const keyCount = 500
const clientCount = 60
const longWord = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'
const longName = `${longWord} ${longWord} ${longWord}`.slice(0, 200)
const longHost = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.com`

/** As much of everything as a person may have after years, and each text as long as it may be. */
async function fill(page: Page): Promise<McpClient> {
  const kind = 'api-key'
  await ask(page, 'items.add', { kind, name: longName, secret: 's', hosts: [longHost], userName: longWord.repeat(5) })
  await ask(page, 'items.add', { kind, name: 'מפתח של הגינה שלי', secret: 's', hosts: ['garden.example.com'] })
  for (let count = 2; count < keyCount; count += 1)
    await ask(page, 'items.add', {
      kind,
      name: `Key number ${count}`,
      secret: 's',
      hosts: [`host-${count}.example.com`],
    })
  for (let count = 1; count < clientCount; count += 1)
    await ask(page, 'keys.create', { name: `Client number ${count}`, scopes: ['secrets:list'] })
  const client = await connectClient(page, longName.slice(0, 100))
  const body = JSON.stringify({ [longWord]: longWord.repeat(400) })
  client
    .call('http_request', {
      method: 'POST',
      url: `https://${longHost}/${'path/'.repeat(60)}?q=${'x'.repeat(800)}`,
      headers: { authorization: `Bearer {{secret:${longName}}}`, [`x-${'h'.repeat(90)}`]: 'v'.repeat(500) },
      body,
      reason: `${longWord.repeat(4)} \u202Egnp.exe ${'why '.repeat(100)}`.slice(0, 500),
    })
    .catch(() => undefined)
  await expect.poll(async () => (await pending(page)).length).toBe(1)
  return client
}

test('500 keys, 60 clients and texts as long as they may be fit every view, and can be searched and scrolled', async ({
  unlocked: clawkeep,
}) => {
  test.setTimeout(300_000)
  const { page } = clawkeep
  const rail = new Rail(page)
  const client = await fill(page)
  for (const theme of themes) {
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await rail.open('Approvals')
      await look(page, 'crowded-approvals', theme, size)
      for (const name of ['Keys', 'Clients', 'Audit'] as const) {
        await rail.open(name)
        if (name === 'Clients') await page.getByRole('tab', { name: 'Keys' }).click()
        await look(page, `crowded-${name.toLowerCase()}`, theme, size)
      }
    }
  }

  await rail.open('Keys')
  await expect(page.getByText(`${keyCount} keys`)).toBeVisible()
  const search = page.getByRole('searchbox')
  await search.fill('number 499')
  await expect(page.getByText('Key number 499')).toBeVisible()
  await expect(page.getByText('Key number 498')).toHaveCount(0)
  await search.fill('rindfleisch')
  await page.getByText(longName).first().click()
  await look(page, 'crowded-key', 'dark', sizes[1])
  await rail.open('Clients')
  await page.getByRole('tab', { name: 'Keys' }).click()
  await page.getByText(longName.slice(0, 100)).first().click()
  await look(page, 'crowded-client', 'dark', sizes[1])
  await client.close()
})
