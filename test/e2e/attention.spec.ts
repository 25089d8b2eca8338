import type { ElectronApplication } from '@playwright/test'
import { ask } from './support/ask.ts'
import { expect, test, type Clawkeep } from './support/clawkeep.ts'
import { pending } from './support/garden.ts'
import { connectClient } from './support/mcp-client.ts'

type Shown = { title: string; body: string }

/** Writes down the notifications of the app from now on, as the system gets them, instead of showing them. */
async function watchNotifications(app: ElectronApplication): Promise<() => Promise<Shown[]>> {
  await app.evaluate(({ Notification }) => {
    const shown: Shown[] = []
    Object.assign(globalThis, { shownNotifications: shown })
    // A machine without a desktop has no notification service.
    Notification.isSupported = () => true
    Notification.prototype.show = function (this: Electron.Notification) {
      shown.push({ title: this.title, body: this.body })
    }
  })
  return () => app.evaluate(() => (globalThis as unknown as { shownNotifications: Shown[] }).shownNotifications)
}

/** Asks to use the secret `times` times; the questions wait. */
async function askQuestions({ page }: Clawkeep, times: number): Promise<() => Promise<void>> {
  const client = await connectClient(page, 'A client with a secret name')
  for (let round = 1; round <= times; round += 1) {
    client
      .call('http_request', {
        method: 'POST',
        url: `https://api.github.com/private/${round}`,
        headers: { authorization: 'Bearer {{secret:GitHub token}}' },
        reason: 'a private reason',
      })
      .catch(() => undefined)
    await expect.poll(async () => (await pending(page)).length).toBe(round)
  }
  return () => client.close()
}

async function addSecret({ page }: Clawkeep): Promise<void> {
  await ask(page, 'items.add', { kind: 'api-key', name: 'GitHub token', secret: 'ghp_x', hosts: ['api.github.com'] })
}

test('a question makes one notification without content, and does not take the focus', async ({
  unlocked: clawkeep,
}) => {
  await addSecret(clawkeep)
  await clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const shown = await watchNotifications(clawkeep.app)
  const close = await askQuestions(clawkeep, 1)
  await expect.poll(shown).toEqual([{ title: 'Clawkeep', body: 'A request is waiting for your decision.' }])
  expect(await clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(false)
  await close()
})

test('a flood of questions is one notification', async ({ unlocked: clawkeep }) => {
  await addSecret(clawkeep)
  await clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const shown = await watchNotifications(clawkeep.app)
  const close = await askQuestions(clawkeep, 4)
  expect(await shown()).toHaveLength(1)
  await close()
})

test('notifications can be turned off', async ({ unlocked: clawkeep }) => {
  await addSecret(clawkeep)
  await ask(clawkeep.page, 'settings.set', { notifications: false })
  await clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const shown = await watchNotifications(clawkeep.app)
  const close = await askQuestions(clawkeep, 1)
  await clawkeep.page.waitForTimeout(300)
  expect(await shown()).toEqual([])
  await close()
})

test('what is due is announced as a number, once a day, and only to who does not look and wants it', async ({
  unlocked: { app, page },
}) => {
  const shown = await watchNotifications(app)
  const addExpired = (name: string) =>
    ask(page, 'items.add', { kind: 'api-key', name, secret: 'x', expiresAtMs: Date.now() - 1_000 })
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await ask(page, 'settings.set', { notifications: false })
  await addExpired('Private one')
  await addExpired('Private two')
  expect(await shown()).toEqual([])
  await ask(page, 'settings.set', { notifications: true })
  const once = [{ title: 'Clawkeep', body: '2 keys in your vault expire or want to be changed. See Keys.' }]
  await expect.poll(shown).toEqual(once)
  await addExpired('Private three')
  await app.evaluate(() => {
    const now = performance.now.bind(performance)
    performance.now = () => now() + 60_000
  })
  await addExpired('Private four')
  expect(await shown()).toEqual(once)
  await expect(page.getByTitle('4 keys expired or to be changed')).toBeAttached()
})

test('the rail and the title say how many questions wait', async ({ unlocked: clawkeep }) => {
  await addSecret(clawkeep)
  const close = await askQuestions(clawkeep, 2)
  await expect(clawkeep.page.getByRole('link', { name: /^Approvals.*2 waiting$/ })).toBeVisible()
  await expect(clawkeep.page).toHaveTitle('(2) Clawkeep')
  await close()
})
