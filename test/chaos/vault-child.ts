/**
 * A whole core that edits, imports, rotates, backs up, restores and attaches without a pause, and writes into a file what was acknowledged;
 * it is killed in the middle. Arguments: home folder, password file, file to write into, seed, the act the kill is aimed at.
 */
import { createHash, randomBytes } from 'node:crypto'
import { openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { createApp } from '../../src/main/app.ts'
import { systemClock } from '../../src/main/clock.ts'
import { openWithPassword } from '../../src/main/vault/password-slot.ts'
import { prepareRestore } from '../../src/main/vault/restore.ts'
import { removeVaultFile } from '../../src/main/vault/snapshot.ts'
import type { RouteInput, RouteName, RouteOutput } from '../../src/shared/ipc/contract.ts'
import { repoRoot } from '../support/spawn-core.ts'
import { randomFrom } from './random.ts'
import type { Act, Content, Held, Said } from './vault-acts.ts'

const [home = '', passwordFile = '', sayFile = '', seedText = '', aim = 'edit'] = process.argv.slice(2)
// The one that kills it may be killed itself.
const parent = process.ppid
setInterval(() => process.ppid !== parent && process.exit(1), 1_000).unref()
const sayInto = openSync(sayFile, 'a')
const password = readFileSync(passwordFile, 'utf8').trim()
const random = randomFrom(Number(seedText))
const folder = join(home, 'backups')
const given = `${sayFile}.in`
const taken = `${sayFile}.out`
const mostItems = 15
const mostFiles = 8
const importedItems = 5

const app = createApp({
  home,
  version: 'test',
  resourcesDir: `${repoRoot}/resources`,
  idleLock: false,
  choosePath: async () => given,
  fileDialogs: { open: async () => given, save: async () => taken },
})
let content: Content = {}
/** What each backup of this run holds. */
const backedUp = new Map<string, Content>()

/** Into a file: what was written there before the kill is there after it, while a full pipe would hold it back. */
function say(line: Said): void {
  writeSync(sayInto, `${JSON.stringify(line)}\n`)
}

async function call<R extends RouteName>(route: R, input: RouteInput<R>): Promise<RouteOutput<R>> {
  const answer = await app.router.call(route, input, { kind: 'window' })
  if (!answer.ok) throw new Error(`${route}: ${answer.error.code} ${answer.error.message}`)
  return answer.value as RouteOutput<R>
}

async function readContent(): Promise<Content> {
  const held: Record<string, Held> = {}
  for (const { id, name } of await call('items.list', null)) {
    const secret = await call('items.reveal', { id, field: 'secret' })
    const { fileList } = await call('items.get', { id })
    const files: string[] = []
    for (const file of fileList) {
      await call('files.saveAs', { id: file.id })
      files.push(sha256(readFileSync(taken)))
    }
    held[name] = { secret, files: files.toSorted() }
  }
  return held
}

/** Opens every row of a backup, as a restore would. */
async function backupOpens(name: string): Promise<boolean> {
  // Beside the vault, because that is where a restore looks for its files; under another name, because the core sweeps its own.
  const into = join(home, 'looked-at.db')
  const open = async ({ row, slots }: Parameters<Parameters<typeof prepareRestore>[0]['open']>[0]) => {
    const slot = await openWithPassword(password, row.vault_id, slots)
    if (slot === null) throw new Error('The password does not open it')
    return slot
  }
  const plan = { from: join(folder, name), into, clock: systemClock, knowsLog: () => true, counterAbove: () => 0, open }
  try {
    await prepareRestore(plan, { signal: new AbortController().signal })
    return true
  } catch {
    return false
  } finally {
    removeVaultFile(into)
  }
}

const pick = <T>(of: ReadonlyArray<T>): T | undefined => of[Math.floor(random() * of.length)]

const idOf = async (name: string): Promise<string> =>
  (await call('items.list', null)).find((item) => item.name === name)?.id ?? ''

/** What an act will lead to, and how it is done; null when there is nothing to do it with. */
type Plan = { readonly after: Content; readonly run: () => Promise<unknown> } | null
let round = 0

const plans: Readonly<Record<Act, () => Plan>> = {
  edit() {
    const names = Object.keys(content)
    const chance = random()
    const secret = `s-${seedText}-${round}-${'x'.repeat(Math.floor(random() * 2000))}`
    const known = pick(names)
    if (known === undefined || names.length < 4 || (chance < 0.4 && names.length < mostItems)) {
      const name = `item ${seedText} ${round}`
      const run = (): Promise<unknown> => call('items.add', { kind: 'api-key', name, secret })
      return { after: { ...content, [name]: { secret, files: [] } }, run }
    }
    if (chance < 0.75) {
      const after = { ...content, [known]: { ...(content[known] as Held), secret } }
      return { after, run: async () => call('items.edit', { id: await idOf(known), patch: { secret } }) }
    }
    // Or what was removed piles up, and after a thousand kills each look at the vault takes seconds.
    if (chance > 0.97) return { after: content, run: () => call('trash.empty', null) }
    const { [known]: _removed, ...after } = content
    return { after, run: async () => call('items.remove', { id: await idOf(known) }) }
  },
  rotate: () => ({ after: content, run: () => call('vault.rotate', null) }),
  backup() {
    const held = content
    const run = async (): Promise<void> => {
      const { file } = await call('vault.backup', { file: null })
      backedUp.set(file.slice(folder.length + 1), held)
    }
    return { after: held, run }
  },
  restore() {
    const name = pick([...backedUp.keys()])
    if (name === undefined) return null
    const run = async (): Promise<void> => {
      await call('vault.restore', { from: { kind: 'folder', name }, password })
      await call('vault.unlock', { password })
    }
    return { after: backedUp.get(name) ?? {}, run }
  },
  attach() {
    const name = pick(Object.keys(content))
    const files = Object.values(content).flatMap((held) => held.files).length
    if (name === undefined || files >= mostFiles) return null
    const bytes = randomBytes(Math.floor(random() * 400_000))
    writeFileSync(given, bytes)
    const before = content[name] as Held
    const after = { ...content, [name]: { ...before, files: [...before.files, sha256(bytes)].toSorted() } }
    return { after, run: async () => call('files.choose', { itemId: await idOf(name) }) }
  },
  import() {
    if (Object.keys(content).length > mostItems - importedItems) return null
    const added = Array.from({ length: importedItems }, (_, at) => {
      const secret = `i-${seedText}-${round}-${at}`
      return [`IMPORTED_${seedText}_${round}_${at}`, { secret, files: [] }] as const
    })
    writeFileSync(given, added.map(([name, { secret }]) => `${name}=${secret}\n`).join(''))
    const run = async (): Promise<void> => {
      await call('import.chooseFile', null)
      await call('import.take', { format: 'dotenv' })
    }
    return { after: { ...content, ...Object.fromEntries(added) }, run }
  },
}

async function act(op: Act): Promise<void> {
  round += 1
  const plan = plans[op]()
  if (plan === null) return op === 'edit' ? undefined : act('edit')
  say({ event: 'begin', op, before: content, after: plan.after })
  if (op === aim) process.stdout.write('{"event":"aimed"}\n')
  await plan.run()
  content = plan.after
  say({ event: 'done', op })
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

if (app.status().vault === 'absent') await call('vault.create', { password })
else await call('vault.unlock', { password })
content = await readContent()
const names = (await call('upkeep.get', null)).backups.map(({ name }) => name)
// Each takes a derivation; a bad one stays and is found later.
const looked = random() < 0.3 ? pick(names) : undefined
const isBad = looked !== undefined && !(await backupOpens(looked))
say({
  event: 'open',
  content,
  problem: app.status().vaultProblem,
  auditProblem: app.status().auditProblem,
  badBackups: isBad ? [looked] : [],
})
process.stdout.write('{"event":"open"}\n')
// What is killed never writes it by itself.
if (Object.keys(content).length === 0) flushCompileCache()
// The core never removes backups made by hand; here they would grow with every kill.
for (const name of names.slice(8)) rmSync(join(folder, name), { force: true })

await act('edit')
await act('backup')
for (;;) {
  for (let edits = Math.floor(random() * 3); edits > 0; edits -= 1) await act('edit')
  await act(aim as Act)
}
