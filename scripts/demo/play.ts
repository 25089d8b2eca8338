/**
 * Plays the main job by itself, on real parts: the window, a container, an MCP client, a clicked approval. Says each step
 * as it is verified, leaves pictures in `out/demo/`, and ends with 0 only when every step held.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Gate } from '../../test/e2e/pages/gate.ts'
import { Prompt } from '../../test/e2e/pages/prompt.ts'
import { Rail } from '../../test/e2e/pages/rail.ts'
import { ask } from '../../test/e2e/support/ask.ts'
import { launchClawkeep } from '../../test/e2e/support/clawkeep.ts'
import { connectClient } from '../../test/e2e/support/mcp-client.ts'
import { startOutsideWorld } from './outside-world.ts'

const root = join(import.meta.dirname, '../..')
const pictures = join(root, 'out/demo')

let step = 0
function say(text: string): void {
  step += 1
  process.stdout.write(`${String(step).padStart(2)}  ${text}\n`)
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

rmSync(pictures, { recursive: true, force: true })
mkdirSync(pictures, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'clawkeep-demo-'))
const outside = await startOutsideWorld()
const clawkeep = await launchClawkeep(folder)
const { page, home } = clawkeep
const rail = new Rail(page)
const picture = (name: string): Promise<Buffer> =>
  page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })

try {
  await new Gate(page).create(randomBytes(12).toString('base64url'))
  say(`The window is open and a new vault is made, in ${home}`)

  const token = `demo_${randomBytes(18).toString('hex')}`
  await rail.open('Keys')
  await page.getByRole('button', { name: 'Add key', exact: true }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill('garden-token')
  await form.getByLabel('Key', { exact: true }).fill(token)
  await form.getByLabel('May be sent to').fill(`localhost:${outside.port}`)
  await form.getByRole('button', { name: 'Add key', exact: true }).click()
  await form.waitFor({ state: 'hidden' })
  must(
    (await ask(page, 'items.list', undefined)).some((item) => item.name === 'garden-token'),
    'The item is not in the vault.',
  )
  await picture('1-keys')
  say('A secret is in the vault: garden-token, for one host')

  const policy = await ask(page, 'policy.get', undefined)
  const exception = {
    id: 'demo',
    host: 'localhost',
    port: outside.port,
    ca: outside.ca,
    note: "the demo's web service on this machine",
  }
  await ask(page, 'policy.set', { policy: { ...policy, network: [exception] } })
  await rail.open('Settings')
  await page.getByText(`localhost:${outside.port}`).scrollIntoViewIfNeeded()
  await picture('2-settings')
  say(`The broker refuses addresses of this machine; one rule opens localhost:${outside.port} for the demo`)

  const { id } = await ask(page, 'assistants.create', { name: 'gardener', image: 'demo' })
  const assistant = await ask(page, 'assistants.start', { id })
  must(
    assistant.state === 'running' && assistant.containerId !== null,
    `The assistant did not start: ${assistant.message ?? assistant.state}`,
  )
  await rail.open('Assistants')
  await page.getByText('gardener').first().waitFor()
  await picture('3-assistants')
  say('The assistant runs in its own container, without network')

  const client = await connectClient(page)
  say('An MCP client is connected with a key of its own')

  await rail.open('Approvals')
  const body = '{"title":"Water the tomatoes","labels":["garden"]}'
  const url = `https://localhost:${outside.port}/repos/ada/garden/issues`
  const chat = client.call('openclaw_chat', {
    instance: 'gardener',
    message: `POST ${url} ${body} with {{secret:garden-token}} because you asked for it yesterday`,
  })
  const prompt = new Prompt(page)
  await prompt.ready()
  await picture('4-prompt')
  must(outside.seen.length === 0, 'Something left before it was allowed.')
  say('The assistant wants to send a request; nothing has left, the prompt is shown')
  await prompt.allowOnce.click()

  const answer = JSON.stringify(await chat)
  const [sent] = outside.seen
  must(sent?.authorization === `Bearer ${token}` && sent.body === body, 'The service did not get what was allowed.')
  must(answer.includes('HTTP 201') && !answer.includes(token), 'The answer is missing or holds the secret.')
  say('Allowed with a click: the service got the token, the answer came back without it')

  const direct = client.call('http_request', {
    method: 'DELETE',
    url: `${url}/1`,
    headers: { authorization: 'Bearer {{secret:garden-token}}' },
    reason: 'Clean up.',
  })
  await page.getByText('DELETE').first().waitFor()
  await prompt.ready()
  await prompt.deny.click()
  const denied = JSON.stringify(await direct)
  must(denied.includes('refused') && outside.seen.length === 1, 'A denied request was not held back.')
  say('The client asked for more itself and was denied; nothing left, and it was told')

  const inspected = execFileSync('docker', ['inspect', assistant.containerId ?? ''], { encoding: 'utf8' })
  must(
    !inspected.includes(token) && inspected.includes('"NetworkMode": "none"'),
    'The container is not what was promised.',
  )
  say('docker inspect: no network, no secret')

  await rail.open('Audit')
  await page.getByRole('button', { name: 'Verify log' }).click()
  await page
    .getByText(/log is whole/i)
    .first()
    .waitFor()
  await picture('5-audit')
  const { entries } = await ask(page, 'audit.list', { limit: 500 })
  const egress = entries.filter((entry) => entry.kind === 'egress.request').map((entry) => entry.phase)
  must(egress.includes('open') && egress.includes('close'), 'The request is not in the audit log.')
  must(
    entries.some((entry) => entry.kind === 'approval.decide' && entry.decision === 'allow'),
    'The decision is not in the log.',
  )
  say('The audit log has the chain: request, question, decision, use; it verifies in the window')

  await client.close()
  await clawkeep.quit()
  const left = execFileSync('docker', ['ps', '-aq', '--no-trunc'], { encoding: 'utf8' })
  must(!left.includes(assistant.containerId ?? '-'), 'The container outlived the app.')
  say('The app is closed, the container is gone')

  for (const volume of inspected.matchAll(/"Source": "(clawkeep-[^"]+)"/g))
    execFileSync('docker', ['volume', 'rm', volume[1] ?? ''])

  const verdict = execFileSync(join(root, 'bin/clawkeep'), ['audit', 'verify', join(home, 'audit.db')], {
    encoding: 'utf8',
  })
  say(`clawkeep audit verify, without any key: ${verdict.split('\n')[0] ?? ''}`)
  process.stdout.write(`\nEvery step held. Pictures: ${pictures}\n`)
} catch (error) {
  await picture('failed').catch(() => undefined)
  process.stderr.write(`\nStep ${step + 1} did not hold: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await clawkeep.quit()
  await outside.close()
  rmSync(folder, { recursive: true, force: true })
}
