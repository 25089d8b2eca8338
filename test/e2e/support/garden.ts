import { expect, type Page } from '@playwright/test'
import { ask } from './ask.ts'
import { connectClient, type McpClient } from './mcp-client.ts'

/**
 * Fills the open vault with what a person would have after a week: some keys, two clients, one question that waits and one that was
 * denied. Returns the client; its calls that still wait are abandoned when it closes.
 */
export async function plantGarden(page: Page): Promise<McpClient> {
  await ask(page, 'items.add', {
    kind: 'api-key',
    name: 'GitHub token',
    secret: 'ghp_garden',
    hosts: ['api.github.com'],
  })
  await ask(page, 'items.add', {
    kind: 'login',
    name: 'Seed shop',
    userName: 'ada@example.com',
    secret: 'tomato',
    hosts: ['shop.example.com', '*.seeds.example.com'],
    notes: 'Customer number 4711',
  })
  await ask(page, 'items.add', { kind: 'api-key', name: 'Weather', secret: 'rain', hosts: ['api.weather.example'] })
  await ask(page, 'keys.create', { name: 'Cursor', scopes: ['secrets:list'], expiresInDays: 30 })
  const client = await connectClient(page)
  const send = (method: string, path: string, reason: string, body?: unknown): void => {
    client
      .call('http_request', {
        method,
        url: `https://api.github.com/repos/ada/garden/${path}`,
        headers: { authorization: 'Bearer {{secret:GitHub token}}', accept: 'application/vnd.github+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        reason,
      })
      .catch(() => undefined)
  }
  send('DELETE', 'labels/weeds', 'Weeds are no longer a thing.')
  await expect.poll(async () => (await pending(page)).length).toBe(1)
  for (const id of await pending(page))
    await ask(page, 'approvals.decide', { id, decision: { answer: 'deny', reason: 'Keep the weeds.' } })
  send('POST', 'issues', 'File the issue you asked for yesterday.', {
    title: 'Water the tomatoes',
    labels: ['garden'],
    body: 'They look thirsty. '.repeat(30),
  })
  await expect.poll(async () => (await pending(page)).length).toBe(1)
  send('GET', 'milestones', 'To see what is planned.')
  await expect.poll(async () => (await pending(page)).length).toBe(2)
  return client
}

/** The ids of the questions that wait. */
export async function pending(page: Page): Promise<ReadonlyArray<string>> {
  return (await ask(page, 'approvals.list', undefined)).filter(({ state }) => state === 'pending').map(({ id }) => id)
}
