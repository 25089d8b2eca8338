import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { freePort } from '../support/free-port.ts'
import { oauthClients, ProgramSide } from '../support/oauth-clients.ts'
import { tokensOf, oauthAt, oauthError } from '../support/oauth.ts'
import { Prompt } from './pages/prompt.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'
import { browse, startInspector, startMcpRemote } from './support/programs-that-sign-in.ts'

async function urlOf(page: Page): Promise<string> {
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  if (mcpUrl === null) throw new Error('the MCP server does not run')
  return mcpUrl
}

for (const [name, client] of oauthClients) {
  test(`${name} signs in with one scope unticked, steps up, renews, and is signed out in the window`, async ({
    unlocked: clawkeep,
  }) => {
    const { page } = clawkeep
    const prompt = new Prompt(page)
    const url = await urlOf(page)
    const program = new ProgramSide()

    await expect(client.connect(url, program)).rejects.toThrow(/unauthorized/i)
    const back = program.browse()
    await prompt.ready()
    await expect(page.getByRole('heading', { name: 'Cursor wants to sign in to Clawkeep' })).toBeVisible()
    await page.getByRole('checkbox', { name: 'See the names of your keys' }).click()
    await page.getByRole('button', { name: 'Allow 3 scopes' }).click()
    const answer = await back
    expect(answer.get('state')).toBe('state-of-the-program')
    await client.finish(url, program, answer)
    let signedIn = await client.connect(url, program)
    expect(await signedIn.tools()).not.toContain('secrets_list')
    expect((await signedIn.call('openclaw_instances')).isError ?? false).toBe(false)

    // The call that needs the unticked scope sends the program back to the person.
    await expect(signedIn.call('secrets_list')).rejects.toThrow()
    if (!client.stepsUp) {
      program.forgetTokens()
      await expect(client.connect(url, program)).rejects.toThrow(/unauthorized/i)
    }
    const more = program.browse()
    await prompt.ready()
    await expect(page.getByText('has it already')).toHaveCount(3)
    await page.getByRole('button', { name: 'Allow 4 scopes' }).click()
    await client.finish(url, program, await more)
    await signedIn.close()
    signedIn = await client.connect(url, program)
    expect((await signedIn.call('secrets_list')).isError ?? false).toBe(false)

    const oauth = oauthAt({ port: Number(new URL(url).port) })
    const clientId = program.clientInformation()?.client_id ?? ''
    const before = program.tokens()?.refresh_token ?? ''
    const renewed = tokensOf(await oauth.refresh(clientId, before))
    const last = tokensOf(await oauth.refresh(clientId, renewed.refresh_token))
    program.saveTokens(last)
    await signedIn.close()
    signedIn = await client.connect(url, program)

    await new Rail(page).open('Clients')
    await page.getByRole('tab', { name: 'Keys and sign-ins' }).click()
    await page.getByRole('option', { name: /Cursor/ }).click()
    await expect(page.getByRole('complementary')).toContainText('secrets:list')
    await page.getByRole('button', { name: 'Revoke sign-in…' }).click()
    await page
      .getByRole('dialog')
      .or(page.getByRole('alertdialog'))
      .getByRole('button', { name: 'Revoke sign-in' })
      .click()
    await expect(page.getByRole('complementary')).toContainText('By you.')
    expect(oauthError(await oauth.refresh(clientId, last.refresh_token))).toEqual([400, 'invalid_grant'])
    await expect(signedIn.call('openclaw_instances')).rejects.toThrow()
    await signedIn.close()
  })
}

test('mcp-remote signs in through its browser, is let in here, and signs in by itself the next time', async ({
  unlocked: clawkeep,
  folder,
}) => {
  const { page } = clawkeep
  const url = await urlOf(page)

  const first = startMcpRemote(url, folder)
  const back = browse(await first.addressToOpen, url)
  await new Prompt(page).ready()
  await expect(page.getByRole('heading', { name: /wants to sign in to Clawkeep/ })).toBeVisible()
  await page.getByRole('button', { name: 'Allow 4 scopes' }).click()
  expect((await back).status).toBe(200)
  const client = await first.connected
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('openclaw_chat')
  expect((await client.callTool({ name: 'openclaw_instances' })).isError ?? false).toBe(false)
  await client.close()

  const again = await startMcpRemote(url, folder).connected
  expect((await again.callTool({ name: 'secrets_list' })).isError ?? false).toBe(false)
  await again.close()
})

test('the Inspector signs in from the command line, is let in here, and lists and calls', async ({
  unlocked: clawkeep,
  folder,
}) => {
  const { page } = clawkeep
  const url = await urlOf(page)
  for (const [method, expected] of [
    [['--method', 'tools/list'], '"openclaw_chat"'],
    [['--method', 'tools/call', '--tool-name', 'openclaw_instances'], '"instances"'],
  ] as const) {
    const place = { folder: join(folder, method.join('').replaceAll('/', '-')), port: await freePort() }
    const inspector = startInspector(url, place, method)
    const back = browse(await inspector.addressToOpen, url)
    await new Prompt(page).ready()
    await page.getByRole('button', { name: 'Allow 4 scopes' }).click()
    expect((await back).status).toBe(200)
    expect(await inspector.said).toContain(expected)
  }
})

test('a refresh token that comes back ends the family, and the window says why', async ({ unlocked: clawkeep }) => {
  const { page } = clawkeep
  const oauth = oauthAt({ port: Number(new URL(await urlOf(page)).port) })
  const clientId = await oauth.clientId()
  const begun = await oauth.authorize(clientId)
  const prompt = new Prompt(page)
  await prompt.ready()
  await page.getByRole('button', { name: 'Allow 4 scopes' }).click()
  const code = (await oauth.follow(begun)).searchParams.get('code') ?? ''
  const first = tokensOf(await oauth.exchange(clientId, code))
  const second = tokensOf(await oauth.refresh(clientId, first.refresh_token))
  const third = tokensOf(await oauth.refresh(clientId, second.refresh_token))
  expect(oauthError(await oauth.refresh(clientId, first.refresh_token))).toEqual([400, 'invalid_grant'])
  expect(oauthError(await oauth.refresh(clientId, third.refresh_token))).toEqual([400, 'invalid_grant'])
  await new Rail(page).open('Clients')
  await page.getByRole('tab', { name: 'Keys and sign-ins' }).click()
  await page.getByRole('option', { name: /Cursor/ }).click()
  await expect(page.getByRole('complementary')).toContainText('somebody may have copied it')
})

for (const theme of themes) {
  test(`the sign-in and the signed-in program in ${theme} are accessible`, async ({ unlocked: clawkeep }) => {
    const { page } = clawkeep
    await ask(page, 'settings.set', { approvalTimeoutSeconds: 600 })
    await ask(page, 'items.add', { kind: 'login', name: 'Example', secret: 'x', hosts: ['cursor.com'] })
    // A program that calls itself like a client of the person is pointed out.
    await ask(page, 'keys.create', { name: 'cursor', scopes: ['openclaw:read'], expiresInDays: null })
    const oauth = oauthAt({ port: Number(new URL(await urlOf(page)).port) })
    const prompt = new Prompt(page)
    await setTheme(page, theme)

    const plainId = await oauth.clientId()
    const begun = await oauth.authorize(plainId, { scope: 'openclaw:read openclaw:write' })
    await prompt.ready()
    await page.getByRole('button', { name: 'Allow 2 scopes' }).click()
    tokensOf(await oauth.exchange(plainId, (await oauth.follow(begun)).searchParams.get('code') ?? ''))

    await oauth.authorize(plainId)
    const redirect = `https://login.curs\u043er.com/${'a-long-path/'.repeat(12)}callback`
    const hostileUri = new URL(redirect).href
    const hostileId = await oauth.clientId({
      client_name: `Clawkeep\u202E Update \u200B${'really '.repeat(12)}`,
      redirect_uris: [hostileUri],
    })
    await oauth.authorize(hostileId, { redirect_uri: hostileUri })
    await prompt.ready()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'consent', theme, size)
    }
    await page.getByRole('region', { name: 'More waiting' }).getByRole('button').click()
    await expect(page.getByRole('heading', { name: /^Clawkeep/ })).toBeVisible()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'consent-hostile', theme, size)
    }
    await new Rail(page).open('Clients')
    await page.getByRole('tab', { name: 'Keys and sign-ins' }).click()
    await page.getByRole('option', { name: /Cursor/ }).click()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'clients-sign-in', theme, size)
    }
  })
}
