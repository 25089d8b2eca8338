import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { URI } from 'otpauth'
import { appFolder } from '../support/electron.ts'
import { password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, lookEverywhere, setTheme, sizes, themes } from './support/look.ts'

const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
/** Short, so that the next code comes while the test looks. */
const address = `otpauth://totp/Bank:ada?secret=${seed}&issuer=Bank&period=4`
const dayMs = 24 * 60 * 60_000

/** Opens the dialog for a new item, fills in what is given by label, and adds it. */
async function add(page: Page, kind: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  const form = dialog(page)
  await form.getByRole('radio', { name: new RegExp(`^${kind}`) }).click()
  for (const [label, value] of Object.entries(fields))
    await form.getByRole('textbox', { name: new RegExp(`^${label}`) }).fill(value)
  await send(form)
}

async function send(form: Locator): Promise<void> {
  await form.locator('button[type=submit]').click()
  await form.waitFor({ state: 'hidden' })
}

/** The form; a message in the corner is a dialog by its role too, and stays for seconds. */
const dialog = (page: Page): Locator => page.getByRole('dialog', { name: /^(Add|Edit) / })
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' })
const codeShown = (page: Page): Promise<string> => details(page).locator('.text-28').innerText()

test('an SSH key is made or pasted, a note is read again, and a field of one’s own is hidden and revealed', async ({
  unlocked: { page },
}) => {
  await new Rail(page).open('Keys')
  await add(page, 'SSH key', { Name: 'Home server', Comment: 'ada@laptop' })
  const server = details(page)
  await expect(server.getByText(/^ssh-ed25519 \S{68} ada@laptop$/)).toBeVisible()
  await expect(server.getByText(/^SHA256:\S{43}$/)).toBeVisible()
  await server.getByRole('button', { name: 'Reveal private key' }).click()
  const made = await server.getByText('BEGIN OPENSSH PRIVATE KEY').innerText()

  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  const form = dialog(page)
  await form.getByRole('radio', { name: /^SSH key/ }).click()
  await form.getByRole('radio', { name: /^Paste one/ }).click()
  await form.getByLabel('Name', { exact: true }).fill('The same')
  await form.getByLabel('Private key', { exact: true }).fill('not a key')
  await form.locator('button[type=submit]').click()
  await expect(form.getByText('This is not a private SSH key that can be read.')).toBeInViewport()
  await form.getByLabel('Private key', { exact: true }).fill(made)
  await send(form)
  const [one, other] = await ask(page, 'items.list', undefined)
  expect(one?.fingerprint).toBe(other?.fingerprint)

  await add(page, 'Secure note', { Name: 'Safe', Note: 'left 12\nright 34' })
  await details(page).getByRole('button', { name: 'Edit' }).click()
  await form.getByRole('button', { name: 'Own fields, tags, dates' }).click()
  await form.getByRole('button', { name: 'Add a field' }).click()
  await expect(form.getByLabel('Name of field 1')).toBeFocused()
  await page.keyboard.type('PIN')
  await form.getByRole('button', { name: 'Plain field 1: hide it' }).click()
  await form.getByLabel('Value of field 1', { exact: true }).fill('canary-4711')
  await form.getByRole('button', { name: 'Add a field' }).click()
  await form.getByLabel('Name of field 2').fill('Branch')
  await form.getByLabel('Value of field 2', { exact: true }).fill('Main street')
  await form.getByRole('button', { name: 'Move field 2 up' }).click()
  await form.getByLabel('Tags').fill('home, papers')
  await send(form)
  await expect(details(page).locator('dt')).toHaveText([
    'Branch',
    'PIN',
    'Note',
    'Tags',
    'Files',
    'History',
    'Kept since',
  ])
  await expect(details(page).getByText('Main street')).toBeVisible()
  expect(await page.content()).not.toContain('canary-4711')
  await details(page).getByRole('button', { name: 'Reveal pin' }).click()
  await expect(details(page).getByText('canary-4711')).toBeVisible()
  await details(page).getByRole('button', { name: 'Reveal note' }).click()
  await expect(details(page).getByText('left 12 right 34')).toBeVisible()

  // The hidden field keeps its value through an edit that never opened it, and is opened before it is shown for good.
  await details(page).getByRole('button', { name: 'Edit' }).click()
  await form.getByLabel('Name of field 2').fill('PIN of the card')
  await send(form)
  await details(page).getByRole('button', { name: 'Edit' }).click()
  await expect(form.getByText('Sealed, and stays as it is.')).toBeVisible()
  await form.getByRole('button', { name: 'Hidden field 2: show it' }).click()
  await expect(form.getByLabel('Value of field 2', { exact: true })).toHaveValue('canary-4711')
  await send(form)
  await expect(details(page).getByText('canary-4711')).toBeVisible()
})

test('one-time codes count down, renew themselves, and are those of the command line and of RFC 6238', async ({
  unlocked: { page, home },
  folder,
}) => {
  await new Rail(page).open('Keys')
  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  const form = dialog(page)
  await form.getByRole('radio', { name: /^One-time codes/ }).click()
  await form.getByLabel('Seed', { exact: true }).fill(address)
  await expect(form.getByLabel('Name', { exact: true })).toHaveValue('Bank')
  await expect(form.getByLabel('Account')).toHaveValue('ada')
  await send(form)
  await details(page).getByRole('button', { name: 'Show code' }).click()
  await expect(details(page).getByRole('timer')).toHaveText(/^[1-4] s left$/)
  const totp = URI.parse(address)
  const first = await codeShown(page)
  expect(first).toMatch(/^\d{3} \d{3}$/)
  await expect.poll(() => codeShown(page), { timeout: 8_000 }).not.toBe(first)
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  // Once more when the next code comes between the looks.
  await expect(async () => {
    const shown = (await codeShown(page)).replace(' ', '')
    const command = [join(appFolder, 'bin/clawkeep'), '--home', home, '--password-file', passwordFile, '--json']
    const printed = execFileSync(process.execPath, [...command, 'item', 'code', 'Bank'], { encoding: 'utf8' })
    expect([shown, totp.generate()]).toEqual([(JSON.parse(printed) as { code: string }).code, shown])
  }).toPass({ timeout: 20_000 })
  expect(await page.content()).not.toContain(seed)
  await details(page).getByRole('button', { name: 'Hide code' }).click()
  await expect(details(page).getByRole('timer')).toHaveCount(0)
  await details(page).getByRole('button', { name: 'Reveal seed of the codes' }).click()
  await expect(details(page).getByText(`secret=${seed}`)).toBeVisible()

  await add(page, 'Login', { 'User name': 'ada', Password: 'tomato', 'Seed of one-time codes': seed, Name: 'Mail' })
  await expect(details(page).locator('dt').first()).toHaveText('User name')
  await details(page).getByRole('button', { name: 'Reveal password' }).click()
  await expect(details(page).getByText('tomato')).toBeVisible()
  await details(page).getByRole('button', { name: 'Edit' }).click()
  await form.getByRole('button', { name: 'Remove the one-time codes' }).click()
  await send(form)
  await expect(details(page).getByText('One-time code')).toHaveCount(0)
  await add(page, 'API key', { Name: 'Weather', Key: 'rain', 'May be sent to': 'https://api.weather.example/v1' })
  await expect(details(page).getByText('api.weather.example', { exact: true })).toBeVisible()
})

test('favourites stand first, kind and tag narrow the list down, and what is due says so, in both themes', async ({
  unlocked: clawkeep,
}) => {
  const { page } = clawkeep
  const soon = Date.now() + 5 * dayMs
  await ask(page, 'items.add', {
    kind: 'api-key',
    name: 'Weather',
    secret: 'rain',
    expiresAtMs: soon,
    tags: ['garden'],
  })
  await ask(page, 'items.add', {
    kind: 'api-key',
    name: 'Old',
    secret: 'x',
    expiresAtMs: 0,
    hosts: ['api.example.com'],
  })
  await ask(page, 'items.add', { kind: 'ssh-key', name: 'Server', rotateByMs: 0, userName: 'ada@laptop' })
  await ask(page, 'items.add', { kind: 'note', name: 'Diary', notes: 'x', tags: ['home', 'papers', 'private'] })
  await ask(page, 'items.add', {
    kind: 'login',
    name: 'Seed shop with a name that is far too long to stand in one line of the list or of its detail',
    userName: 'ada@example.com',
    secret: 'tomato',
    totp: seed,
    hosts: ['shop.example.com', '*.seeds.example.com'],
    tags: ['garden', 'home'],
    expiresAtMs: soon,
    rotateByMs: soon + 60 * dayMs,
    fields: [
      { name: 'Customer', hidden: false, value: '4711' },
      { name: 'Recovery codes', hidden: true, value: 'one\ntwo\nthree' },
    ],
  })
  await new Rail(page).open('Keys')
  const row = (name: string): Locator => page.getByRole('option', { name: new RegExp(name) })
  await expect(row('Weather')).toContainText('Expires in 5 days')
  await expect(row('Old')).toContainText('Expired')
  await expect(row('Server')).toContainText('Rotate by passed')
  await row('Weather').click()
  await details(page).getByRole('button', { name: 'Favourite' }).click()
  await expect(page.getByRole('option').first()).toContainText('Weather')
  await expect(details(page).getByRole('button', { name: 'Favourite', pressed: true })).toBeVisible()
  await row('Seed shop').click()
  await details(page).getByRole('button', { name: 'Show code' }).click()
  await lookEverywhere(clawkeep, 'keys-item')

  await details(page).getByRole('button', { name: 'Edit' }).click()
  const form = dialog(page)
  await form.getByRole('checkbox').focus()
  await lookEverywhere(clawkeep, 'keys-edit')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  await form.getByRole('radio', { name: /^SSH key/ }).click()
  for (const theme of themes) {
    await setTheme(page, theme)
    await look(page, 'keys-add-ssh', theme, sizes[1])
  }
  await page.keyboard.press('Escape')

  const choose = async (list: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: list }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await choose('Tag', 'garden')
  await expect(page.getByRole('option')).toHaveCount(2)
  await choose('Show', 'Logins')
  await expect(page.getByRole('option')).toHaveCount(1)
  await choose('Show', 'Due')
  await expect(page.getByRole('option')).toHaveCount(2)
})
