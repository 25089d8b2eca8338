/**
 * A whole core that writes items and asks and answers questions as fast as it can, and writes into a file what was
 * acknowledged; the test kills it at a random moment. Arguments: home folder, password file, file to write into, seed, and
 * `verify` to check the whole audit log first. Prints one line when the vault is open.
 */
import { openSync, readFileSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { createApp } from '../../src/main/app.ts'
import { repoRoot } from './spawn-core.ts'
import { question } from './question.ts'

const [home, passwordFile, sayFile, seedText, verify] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const sayInto = openSync(sayFile, 'a')
const password = readFileSync(passwordFile, 'utf8').trim()
let seed = Number(seedText)

/** Few enough that looking at every item after every kill stays quick. */
const mostItems = 40
/** Keeps the log short enough to be verified whole after every kill. */
const pauseMs = 4

/** Mulberry32: the same seed gives the same run. */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** Into a file: what was written there before the kill is there after it, while a full pipe would hold it back. */
function say(line: Record<string, unknown>): void {
  writeSync(sayInto, `${JSON.stringify(line)}\n`)
}

const app = createApp({ home, version: 'test', resourcesDir: `${repoRoot}/resources`, idleLock: false })

async function call(route: string, input: unknown): Promise<never> {
  const answer = await app.router.call(route, input, { kind: 'window' })
  if (!answer.ok) throw new Error(`${route}: ${answer.error.code} ${answer.error.message}`)
  return answer.value as never
}

if (app.status().vault === 'absent') {
  await call('vault.create', { password })
  // No question may run out while the test is under way.
  await call('settings.set', { approvalTimeoutSeconds: 3600 })
} else {
  await call('vault.unlock', { password })
}

const items: Array<{ id: string; name: string; revision: number }> = await call('items.list', null)
const secrets: Record<string, string> = {}
for (const item of items) secrets[item.id] = await call('items.reveal', { id: item.id, field: 'secret' })
say({
  event: 'open',
  items: items.map(({ id, name }) => ({ id, name, secret: secrets[id] })),
  approvals: await call('approvals.list', null),
  audit: verify === 'verify' ? await call('audit.verify', null) : null,
  auditProblem: app.status().auditProblem,
  problem: app.status().vaultProblem,
})
process.stdout.write('{"event":"open"}\n')
// What is killed never writes it by itself.
if (items.length === 0) flushCompileCache()

async function writeItems(): Promise<void> {
  for (let round = 0; ; round += 1) {
    const known = Object.keys(secrets)
    const choice = random()
    const secret = `s-${seedText}-${round}-${'x'.repeat(Math.floor(random() * 3000))}`
    if (known.length < 5 || (choice < 0.4 && known.length < mostItems)) {
      const name = `item ${seedText} ${round}`
      say({ event: 'begin', op: 'add', name, secret })
      const made: { id: string } = await call('items.add', { kind: 'api-key', name, secret })
      secrets[made.id] = secret
      say({ event: 'done', op: 'add', id: made.id, name, secret })
    } else {
      const id = known[Math.floor(random() * known.length)] as string
      if (choice < 0.7) {
        say({ event: 'begin', op: 'edit', id, secret })
        await call('items.edit', { id, patch: { secret } })
        secrets[id] = secret
        say({ event: 'done', op: 'edit', id, secret })
      } else {
        say({ event: 'begin', op: 'remove', id })
        await call('items.remove', { id })
        delete secrets[id]
        say({ event: 'done', op: 'remove', id })
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function answerQuestions(): Promise<void> {
  for (let round = 0; ; round += 1) {
    const asker = { kind: 'client' as const, id: `key_${seedText}_${round}`, name: 'Test client' }
    const asked = app.approvals.ask(
      question(`https://api.example.com/${seedText}/${round}`, { asker }),
      new AbortController().signal,
    )
    void asked.catch(() => undefined)
    await new Promise((resolve) => setImmediate(resolve))
    const all: Array<{ id: string; state: string; request: { url: string } }> = await call('approvals.list', null)
    const mine = all.find((entry) => entry.request.url.endsWith(`/${seedText}/${round}`))
    if (mine === undefined) continue
    say({ event: 'asked', id: mine.id, url: mine.request.url })
    if (random() < 0.05) continue
    const decision = random() < 0.5 ? { answer: 'allow' } : { answer: 'deny', reason: 'no' }
    say({ event: 'deciding', id: mine.id, answer: decision.answer })
    await call('approvals.decide', { id: mine.id, decision })
    say({ event: 'decided', id: mine.id, answer: decision.answer })
    await asked
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

await Promise.all([writeItems(), answerQuestions()])
