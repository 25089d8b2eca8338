import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { CallAnswer, TestClient } from '../support/mcp.ts'
import { startOutsideWorld, type OutsideWorld } from '../../scripts/demo/outside-world.ts'
import { Gate, password } from './pages/gate.ts'
import { Prompt } from './pages/prompt.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test as base } from './support/clawkeep.ts'
import { pending } from './support/garden.ts'
import { realClients } from './support/real-clients.ts'

const secret = 'canary-of-the-main-job-5b1f'

const test = base.extend<{ outside: OutsideWorld }>({
  // oxlint-disable-next-line no-empty-pattern
  outside: async ({}, use) => {
    const outside = await startOutsideWorld()
    await use(outside)
    await outside.close()
  },
})

/** Opens the demo service for the broker, makes the item through the window and a key for a client. */
async function prepare(page: Page, outside: OutsideWorld): Promise<string> {
  const policy = await ask(page, 'policy.get', undefined)
  await ask(page, 'policy.set', {
    policy: { ...policy, network: [{ id: 'test', host: 'localhost', port: outside.port, ca: outside.ca }] },
  })
  await new Rail(page).open('Keys')
  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  const form = page.getByRole('dialog', { name: 'Add a key' })
  await form.getByLabel('Name', { exact: true }).fill('garden')
  await form.getByLabel('Key', { exact: true }).fill(secret)
  await form.getByLabel('May be sent to').fill(`localhost:${outside.port}`)
  await form.getByRole('button', { name: 'Add key', exact: true }).click()
  await form.waitFor({ state: 'hidden' })
  await new Rail(page).open('Approvals')
  const made = await ask(page, 'keys.create', { name: 'Claude Desktop', scopes: ['secrets:list', 'secrets:use'] })
  return made.secret
}

function request(client: TestClient, outside: OutsideWorld, path: string): Promise<CallAnswer> {
  return client.call('http_request', {
    method: 'POST',
    url: `https://localhost:${outside.port}/${path}`,
    headers: { authorization: 'Bearer {{secret:garden}}', 'content-type': 'application/json' },
    body: '{"title":"Water the tomatoes"}',
    reason: 'File the issue you asked for yesterday.',
  })
}

async function urlOf(page: Page): Promise<string> {
  const { mcpUrl } = await ask(page, 'status.get', undefined)
  if (mcpUrl === null) throw new Error('the MCP server does not run')
  return mcpUrl
}

for (const [name, connect] of realClients) {
  test(`${name}: allowed, denied, expired and locked each end as they must, and the audit log verifies`, async ({
    clawkeep,
    outside,
    folder,
  }) => {
    const { page, home } = clawkeep
    const prompt = new Prompt(page)
    await new Gate(page).create()
    const key = await prepare(page, outside)
    await ask(page, 'settings.set', { approvalTimeoutSeconds: 10 })
    const client = await connect({ url: await urlOf(page), key, home, folder })

    const allowed = request(client, outside, 'allowed')
    await prompt.ready()
    await expect(page.getByText('Claude Desktop').first()).toBeVisible()
    await expect(page.getByText('Water the tomatoes').first()).toBeVisible()
    expect(outside.seen).toHaveLength(0)
    await prompt.allowOnce.click()
    const answer = await allowed
    expect(answer.isError ?? false).toBe(false)
    expect(JSON.stringify(answer)).not.toContain(secret)
    expect(JSON.stringify(answer)).toContain('[secret:garden]')
    expect(outside.seen).toMatchObject([{ path: '/allowed', authorization: `Bearer ${secret}` }])
    await prompt.gone()

    const denied = request(client, outside, 'denied')
    await prompt.ready()
    await prompt.denyBecause('Not on a Sunday')
    const refusal = await denied
    expect(refusal.isError).toBe(true)
    expect(JSON.stringify(refusal)).toContain('Not on a Sunday')

    const expired = await request(client, outside, 'expired')
    expect(expired.isError).toBe(true)
    expect(JSON.stringify(expired)).toContain('timeout')

    // Or the prompt of the question that ran out would be taken for the next one.
    await prompt.gone()

    const cut = request(client, outside, 'cut')
    await prompt.ready()
    await new Rail(page).lock()
    expect(JSON.stringify(await cut)).toContain('locked')
    const locked = await request(client, outside, 'locked')
    expect(locked.isError).toBe(true)
    expect(JSON.stringify(locked)).toContain('locked')
    await client.close()

    expect(outside.seen).toHaveLength(1)
    await new Gate(page).unlock(password)
    await new Gate(page).opened()
    const verdict = await ask(page, 'audit.verify', undefined)
    expect(verdict).toMatchObject({ ok: true, firstBad: null })
    const { entries } = await ask(page, 'audit.list', { limit: 500 })
    const decisions = entries.filter((entry) => entry.kind === 'approval.decide').map((entry) => entry.decision)
    expect(decisions.toReversed()).toEqual(['allow', 'deny', 'expire', 'cancel'])
    expect(JSON.stringify(entries)).not.toContain('Water')
  })
}

test('allowed for an hour, the next call to this host goes through; revoked, it asks again', async ({
  unlocked: clawkeep,
  outside,
  folder,
}) => {
  const { page, home } = clawkeep
  const key = await prepare(page, outside)
  const prompt = new Prompt(page)
  const connect = realClients[1]?.[1]
  if (connect === undefined) throw new Error('no client')
  const client = await connect({ url: await urlOf(page), key, home, folder })

  const first = request(client, outside, 'one')
  await prompt.ready()
  await prompt.allowFor('1 hour')
  expect((await first).isError ?? false).toBe(false)
  expect((await request(client, outside, 'two')).isError ?? false).toBe(false)
  expect(await pending(page)).toEqual([])

  await page.getByRole('tab', { name: 'Grants' }).click()
  await page.getByRole('button', { name: /^Revoke the grant of Claude Desktop/ }).click()
  await expect.poll(async () => (await ask(page, 'grants.list', undefined))[0]?.revokedAtMs).not.toBeNull()
  await page.getByRole('tab', { name: /^Waiting/ }).click()
  const third = request(client, outside, 'three')
  await prompt.ready()
  await prompt.deny.click()
  expect((await third).isError).toBe(true)
  expect(outside.seen.map((seen) => seen.path)).toEqual(['/one', '/two'])
  await client.close()
})

test('a prompt that comes up under the hands is not answered by the keys that were meant for something else', async ({
  unlocked: clawkeep,
  outside,
  folder,
}) => {
  const { page, home } = clawkeep
  const key = await prepare(page, outside)
  const prompt = new Prompt(page)
  const connect = realClients[1]?.[1]
  if (connect === undefined) throw new Error('no client')
  const client = await connect({ url: await urlOf(page), key, home, folder })
  const asked = request(client, outside, 'reflex')
  await prompt.deny.waitFor()
  for (const pressed of ['Enter', 'Space', 'd', 'y']) await page.keyboard.press(pressed)
  expect(await pending(page)).toHaveLength(1)
  await prompt.ready()
  await expect(prompt.deny).toBeFocused()
  await prompt.allowOnce.focus()
  await page.keyboard.press('Enter')
  expect(await pending(page)).toHaveLength(1)
  expect(outside.seen).toHaveLength(0)
  await prompt.deny.click()
  expect((await asked).isError).toBe(true)
  await client.close()
})

test('a question that waits when the app is killed waits at the next start, and its answer serves the call made again', async ({
  launch,
  launchUnlocked,
  outside,
  folder,
}) => {
  const first = await launchUnlocked()
  const key = await prepare(first.page, outside)
  const connect = realClients[1]?.[1]
  if (connect === undefined) throw new Error('no client')
  const client = await connect({ url: await urlOf(first.page), key, home: first.home, folder })
  const lost = request(client, outside, 'again').catch(() => 'lost')
  await new Prompt(first.page).ready()
  first.app.process().kill('SIGKILL')
  await first.ended
  expect(await lost).toBe('lost')
  await client.close().catch(() => undefined)
  rmSync(join(first.home, 'window', 'SingletonLock'), { force: true })

  const second = await launch({ home: first.home })
  await new Gate(second.page).unlock(password)
  const prompt = new Prompt(second.page)
  await prompt.ready()
  expect(outside.seen).toHaveLength(0)
  await prompt.allowOnce.click()
  await prompt.gone()

  const again = await connect({ url: await urlOf(second.page), key, home: second.home, folder })
  expect((await request(again, outside, 'again')).isError ?? false).toBe(false)
  expect(outside.seen).toHaveLength(1)
  const third = request(again, outside, 'again')
  await prompt.ready()
  await prompt.deny.click()
  expect((await third).isError).toBe(true)
  expect(outside.seen).toHaveLength(1)
  await again.close()
})
