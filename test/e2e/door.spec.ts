import { readFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { expect, type Page } from '@playwright/test'
import { good, json, startFakeProvider } from '../support/fake-provider.ts'
import { send } from '../support/http.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { test } from './support/clawkeep.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'

const address = '127.0.0.2'
const port = 17_443

async function healthAs(page: Page, host: string): Promise<number> {
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  return (await send(Number(new URL(mcpUrl ?? '').port), { method: 'GET', path: '/healthz', headers: { host } })).status
}

function healthOverTls(authorityFile: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(authorityFile)
    const sent = httpsRequest({ host: address, port, path: '/healthz', agent: false, ca, servername: 'localhost' })
    sent.on('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('a person names a host, opens an address for a phone and accepts tokens of another server', async ({
  unlocked: clawkeep,
}) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
  await new Rail(page).open('Settings')
  const section = page.getByRole('region', { name: 'Who may reach Clawkeep' })
  const dialog = page.getByRole('dialog')

  expect(await healthAs(page, 'nas.example.ts.net')).toBe(403)
  await section.getByRole('button', { name: 'Change…' }).first().click()
  await dialog.getByLabel('Names of this computer').fill('nas.example.ts.net')
  await dialog.getByRole('button', { name: 'Save names' }).click()
  await expect(section.getByText('nas.example.ts.net')).toBeVisible()
  expect(await healthAs(page, 'nas.example.ts.net')).toBe(200)

  await section.getByRole('button', { name: 'Open…' }).click()
  await dialog.getByLabel('Address', { exact: true }).fill('192.0.2.7')
  await dialog.getByRole('button', { name: 'Open address' }).click()
  await expect(page.getByText('This computer does not have the address 192.0.2.7.')).toBeVisible()
  await dialog.getByLabel('Address', { exact: true }).fill(address)
  await dialog.getByLabel('Port', { exact: true }).fill(String(port))
  await dialog.getByRole('button', { name: 'Open address' }).click()
  await expect(section.getByText(/^Fingerprint/)).toBeVisible()
  const { mcpNetwork } = await ask(page, 'status.get', undefined)
  expect(await healthOverTls(mcpNetwork?.authorityFile ?? '')).toBe(200)
  await expect(section.getByText(mcpNetwork?.fingerprint ?? 'none')).toBeVisible()

  const provider = await startFakeProvider((_request, response) => json(response, { active: false }))
  await section.getByRole('button', { name: 'Set up…' }).click()
  await dialog.getByLabel('Introspection address', { exact: true }).fill(provider.url)
  await dialog.getByLabel('Client id', { exact: true }).fill('clawkeep')
  await dialog.getByLabel('Client secret', { exact: true }).fill('shh')
  await dialog.getByRole('button', { name: 'Ask and save' }).click()
  await expect(section.getByText(provider.url)).toBeVisible()
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  provider.listener = (_request, response) => json(response, good({ aud: mcpUrl }))
  const answer = await send(Number(new URL(mcpUrl ?? '').port), {
    headers: { authorization: 'Bearer opaque', 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  })
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('openclaw_status')])

  for (const theme of themes) {
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await section.scrollIntoViewIfNeeded()
      await look(page, 'settings-door', theme, size)
      const dialogs = [
        [section.getByRole('button', { name: 'Change…' }).first(), 'names'],
        [section.getByRole('button', { name: 'Change…' }).nth(1), 'network'],
        [section.getByRole('button', { name: 'Change…' }).nth(2), 'provider'],
      ] as const
      for (const [button, name] of dialogs) {
        await button.click()
        await look(page, `settings-${name}`, theme, size)
        await page.keyboard.press('Escape')
      }
    }
  }
  provider.close()
})
