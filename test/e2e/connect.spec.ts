import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'

const cursorText =
  '{\n  "mcpServers": {\n    "weather": { "command": "weather", "env": { "KEY": "wx-secret" } }\n  }\n}\n'
const vscodeText = '{\n\t// my servers\n\t"servers": {},\n}\n'
const claudeText = '{\n  "globalShortcut": ""\n}'

/** The settings of three programs in the home of the person; gives their paths. */
function plant(folder: string): { cursor: string; vscode: string; claude: string } {
  const put = (name: string, text: string): string => {
    const path = join(folder, 'user', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  return {
    cursor: put('.cursor/mcp.json', cursorText),
    vscode: put('.config/Code/User/mcp.json', vscodeText),
    claude: put('.config/Claude/claude_desktop_config.json', claudeText),
  }
}

const text = (path: string): string => readFileSync(path, 'utf8')
const row = (page: Page, name: string) => page.getByRole('option', { name: new RegExp(`^.?\\s*${name}`) })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function undo(page: Page): Promise<void> {
  await button(page, 'Undo…').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Undo' }).click()
  await expect(button(page, 'Connect')).toBeVisible()
}

test('a program is connected, tested, repaired after a change from outside, and as before after undo', async ({
  folder,
  launchUnlocked,
}) => {
  test.setTimeout(120_000)
  const files = plant(folder)
  const { page } = await launchUnlocked()
  await page.getByRole('link', { name: 'Connect a program' }).click()
  await new Rail(page).shows('Clients')
  for (const name of ['Cursor', 'VS Code', 'Claude Desktop'])
    await expect(row(page, name)).toContainText('Not connected')
  await expect(row(page, 'Zed')).toContainText('Not found')

  await row(page, 'Cursor').click()
  const change = page.getByLabel(`The change to ${files.cursor}`)
  await expect(change).toContainText('+    "clawkeep": {')
  await expect(change).toContainText('oc_sk_••••••')
  await expect(change).not.toContainText('wx-secret')
  expect(text(files.cursor)).toBe(cursorText)
  await button(page, 'Connect').click()
  await expect(row(page, 'Cursor')).toContainText('Connected')
  const written = text(files.cursor)
  expect(written).toMatch(
    /"clawkeep": \{\n {6}"url": "http:\/\/127\.0\.0\.1:\d+\/mcp",\n.*\n.*Bearer oc_sk_[0-9a-f]{48}"/,
  )
  expect(await page.content()).not.toMatch(/oc_sk_[0-9a-f]{48}/)

  await button(page, 'Test').click()
  await expect(page.getByText(/^It works: \d+ tools to call, and a call was answered\.$/)).toBeVisible()

  writeFileSync(files.cursor, written.replace(/127\.0\.0\.1:\d+/, '192.0.2.1:80'))
  await expect(row(page, 'Cursor')).toContainText('Changed')
  const drift = page.getByLabel(`The change to ${files.cursor}`)
  await expect(drift).toContainText('-      "url": "http://192.0.2.1:80/mcp"')
  await button(page, 'Repair').click()
  await expect(row(page, 'Cursor')).toContainText('Connected')
  expect(text(files.cursor).replace(/oc_sk_\w+/, '')).toBe(written.replace(/oc_sk_\w+/, ''))
  expect(text(files.cursor)).not.toBe(written)

  await undo(page)
  expect(text(files.cursor)).toBe(cursorText)
  const keys = await ask(page, 'keys.list', undefined)
  expect(keys.map(({ name, state }) => `${name} ${state}`)).toEqual(['Cursor revoked', 'Cursor revoked'])
})

test('VS Code keeps its comments, and Claude Desktop calls through the bridge that it is given', async ({
  folder,
  launchUnlocked,
}) => {
  test.setTimeout(120_000)
  const files = plant(folder)
  const { page } = await launchUnlocked()
  await new Rail(page).open('Clients')
  await row(page, 'VS Code').click()
  await button(page, 'Connect').click()
  await expect(row(page, 'VS Code')).toContainText('Connected')
  expect(text(files.vscode)).toContain('\t// my servers\n\t"servers": {\n\t\t"clawkeep": {\n\t\t\t"type": "http"')

  await row(page, 'Claude Desktop').click()
  await page.getByRole('checkbox', { name: 'Ask to use your keys' }).click()
  await button(page, 'Connect').click()
  await expect(row(page, 'Claude Desktop')).toContainText('Connected')
  expect(text(files.claude)).not.toContain('oc_sk_')
  await button(page, 'Test').click()
  await expect(page.getByText(/^It works: \d+ tools to call, and a call was answered\.$/)).toBeVisible({
    timeout: 40_000,
  })

  await undo(page)
  await row(page, 'VS Code').click()
  await undo(page)
  expect([text(files.vscode), text(files.claude)]).toEqual([vscodeText, claudeText])
})

for (const theme of themes) {
  test(`the programs look right in every state in ${theme}`, async ({ folder, launchUnlocked }) => {
    test.setTimeout(180_000)
    const files = plant(folder)
    const clawkeep = await launchUnlocked()
    const { page } = clawkeep
    const rail = new Rail(page)
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await rail.open('Approvals')
      await rail.open('Clients')
      await look(page, 'connect-list', theme, size)
      await row(page, 'Cursor').click()
      await expect(page.getByLabel(`The change to ${files.cursor}`)).toBeVisible()
      await look(page, 'connect-add', theme, size)
      await button(page, 'Connect').click()
      await button(page, 'Test').click()
      await expect(page.getByText(/^It works/)).toBeVisible()
      await look(page, 'connect-connected', theme, size)
      await button(page, 'Undo…').click()
      await expect(page.getByRole('alertdialog').getByLabel(/^The change to/)).toBeVisible()
      await look(page, 'connect-undo', theme, size)
      await button(page, 'Keep it').click()
      writeFileSync(files.cursor, cursorText)
      await expect(row(page, 'Cursor')).toContainText('Changed')
      await look(page, 'connect-drifted', theme, size)
      await undo(page)

      writeFileSync(files.vscode, '{ "servers": { "clawkeep": {} } }')
      await row(page, 'VS Code').click()
      await rail.open('Approvals')
      await rail.open('Clients')
      await row(page, 'VS Code').click()
      await look(page, 'connect-taken', theme, size)
      writeFileSync(files.claude, '{ "mcpServers": ')
      await rail.open('Approvals')
      await rail.open('Clients')
      await row(page, 'Claude Desktop').click()
      await page.getByText('Put it in by hand instead').click()
      await look(page, 'connect-broken', theme, size)
      await row(page, 'Any other program').click()
      await look(page, 'connect-any', theme, size)
      plant(folder)
    }
  })
}
