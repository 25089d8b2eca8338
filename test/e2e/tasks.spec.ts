import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { lookEverywhere } from './support/look.ts'
import { connectClient, type McpClient } from './support/mcp-client.ts'

async function give(client: McpClient, message: string): Promise<string> {
  const answer = await client.call('openclaw_chat_async', { message })
  return (answer as { structuredContent: { task_id: string } }).structuredContent.task_id
}

test('what a client gave to an assistant that does not run is seen waiting, and cancelled; the client is told', async ({
  unlocked: clawkeep,
}) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
  await ask(page, 'assistants.create', { name: 'garden', image: 'demo' })
  const client = await connectClient(page, 'Claude Desktop', ['openclaw:read', 'openclaw:write'])
  await new Rail(page).open('Assistants')
  await page.getByRole('tab', { name: 'Tasks' }).click()
  await expect(page.getByRole('heading', { name: 'No tasks' })).toBeVisible()
  await lookEverywhere(clawkeep, 'tasks-empty')

  const id = await give(client, 'water the tomatoes')
  const row = page.getByRole('option', { name: /garden/ })
  await expect(row).toContainText('Waiting')
  await row.click()
  const detail = page.getByRole('complementary')
  await expect(detail).toContainText('garden is not running.')
  expect(await page.content()).not.toContain('tomatoes')
  await lookEverywhere(clawkeep, 'tasks-open')

  await page.getByRole('button', { name: 'Cancel task…' }).click()
  await lookEverywhere(clawkeep, 'tasks-cancel')
  await page.getByRole('button', { name: 'Cancel task', exact: true }).click()
  await expect(row).toContainText('Cancelled')
  await expect(detail).toContainText('The person cancelled this task in Clawkeep.')
  expect(JSON.stringify(await client.call('openclaw_task_status', { task_id: id }))).toContain('The person cancelled')

  const other = await connectClient(page, 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz', [
    'openclaw:write',
  ])
  for (let at = 0; at < 15; at += 1) await give(at % 2 === 0 ? client : other, `task ${at}`)
  await expect(page.getByRole('tab', { name: 'Tasks 15' })).toBeVisible()
  await expect(page.getByText('16 tasks')).toBeVisible()
  await page.getByRole('button', { name: 'Close details' }).click()
  await lookEverywhere(clawkeep, 'tasks-many')
  await page.getByRole('tab', { name: 'Assistants' }).click()
  await page.getByRole('article', { name: 'garden' }).getByRole('button', { name: 'garden', exact: true }).click()
  await expect(page.getByRole('link', { name: '15 waiting' })).toBeVisible()
  await lookEverywhere(clawkeep, 'tasks-assistant')
  await Promise.all([client.close(), other.close()])
})
