import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { SettingsStore } from '../../src/main/settings/settings-store.ts'
import { Upkeep } from '../../src/main/upkeep.ts'
import { VaultImport } from '../../src/main/vault-import/vault-import.ts'
import { deriveSlotKey, newKdfParams } from '../../src/main/vault/kdf.ts'
import type { Vault } from '../../src/main/vault/vault.ts'
import { itemTexts } from '../../src/shared/item-search.ts'
import { ImportChoices } from '../../src/shared/models/import.ts'
import { createSearchIndex, search } from '../../src/shared/search.ts'
import { kdbx } from '../support/kdbx-files.ts'
import { login, makeFilledVault, openVault, password } from './support/filled-vault.ts'
import { isInstalled, timeKeePassXC, type Times } from './support/keepassxc.ts'
import { median } from './support/window-run.ts'

// A vault of many items: from the password to the list, searching, changing, a new vault key, imports, memory; then the same work by
// KeePassXC's command line where that is installed. The key derivation is subtracted everywhere.

const person = { kind: 'person', id: 'window' } as const
const folder = mkdtempSync(join(tmpdir(), 'clawkeep-bench-'))
try {
  const params = newKdfParams()
  for (const [items, targetMs, rounds] of [
    [1_000, 100, 9],
    [10_000, 400, 7],
    [100_000, 3_000, 3],
  ] as const) {
    const home = subfolder(`of-${items}`)
    const vault = await makeFilledVault(home, items)
    vault.close()
    const argonMs = await middle(rounds, () => deriveSlotKey(password, params))
    const openMs = await middle(rounds, async () => {
      await withVault(home, (opened) => expectEqual(opened.items.list().length, items))
    })
    print(`unlock_to_list_${items}_ms`, openMs - argonMs, { unlock: round(openMs), argon2: round(argonMs) }, targetMs)
  }
  await withVault(join(folder, 'of-10000'), async (vault) => {
    const index = createSearchIndex(vault.items.list(), itemTexts)
    const typed = ['s', 'se', 'sér', 'service 77', 'PERSON-123', 'shop work 9999', 'login-5', 'zzz', 'login work', '1']
    const times = typed.flatMap((text) => Array.from({ length: 20 }, () => timedNow(() => search(index, text))))
    print('search_10000_p99_ms', percentile(times, 0.99), { p50: round(percentile(times, 0.5)) }, 5)
    const ids = vault.items.list().map(({ id }) => id)
    const edits = ids.slice(0, 200).map((id, at) => timedNow(() => vault.items.edit(id, { userName: `changed-${at}` })))
    print('durable_edit_10000_p50_ms', percentile(edits, 0.5), { p99: round(percentile(edits, 0.99)) }, 5)
  })
  await rotate(join(folder, 'of-10000'))
  const csv = ['name,url,username,password,note', ...Array.from({ length: 10_000 }, (_, at) => csvRow(at))].join('\n')
  await importInto('import_csv_10000_ms', Buffer.from(csv), null, 10_000, 3_000)
  const entries = await kdbx({ version: 4, kdf: 'argon2id', entries: 5_000 })
  await importInto('import_kdbx_5000_ms', entries, 'pässword', 5_000, 5_000)

  const empty = subfolder('empty')
  ;(await makeFilledVault(empty, 0)).close()
  const [full, nothing] = [residentMiB(join(folder, 'of-100000'), 100_000), residentMiB(empty, 0)]
  print('memory_100000_above_empty_mib', full - nothing, { full, empty: nothing }, 250)
  if (isInstalled()) compare(await ourTimes(join(folder, 'of-10000'), 7), await timeKeePassXC(folder, 10_000, 7))
  else console.log('KeePassXC is not installed (Debian: keepassxc), so nothing is compared with it.')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** With its pre-flight, the verified backup before it, and the audit entry. */
async function rotate(home: string): Promise<void> {
  await withVault(home, async (vault) => {
    const events = new ChangeEvents()
    const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events })
    const settings = new SettingsStore({ home, events })
    const upkeep = new Upkeep({ home, vault, audit, settings, clock: systemClock, events })
    const tookMs = await middle(3, () => upkeep.rotate(person))
    print('rotate_10000_ms', tookMs, {}, 3_000)
    upkeep.dispose()
    audit.close()
  })
}

/** From the file on disk to items on disk, without the look before it. */
async function importInto(
  figure: string,
  content: Uint8Array,
  filePassword: string | null,
  entries: number,
  targetMs: number,
): Promise<void> {
  const path = join(folder, 'to-import')
  writeFileSync(path, content)
  const times: number[] = []
  for (let at = 0; at < 3; at += 1) {
    const home = subfolder(`${figure}-${at}`)
    const vault = await makeFilledVault(home, 0)
    const audit = AuditLog.open({ file: join(home, 'audit.db'), clock: systemClock, vault, events: new ChangeEvents() })
    const vaultImport = new VaultImport({ vault, audit })
    const startedMs = performance.now()
    vaultImport.choose({ path, keyFilePath: null })
    await vaultImport.take(ImportChoices.parse({ filePassword }), person)
    times.push(performance.now() - startedMs)
    if (vault.items.list().length < entries) throw new Error('Not every entry was imported')
    audit.close()
    vault.close()
  }
  print(figure, median(times), {}, targetMs)
}

/** Each opens the vault first, as the other program's commands do. */
async function ourTimes(home: string, rounds: number): Promise<Times> {
  const params = newKdfParams()
  const argonMs = await middle(rounds, () => deriveSlotKey(password, params))
  const above = async (job: (vault: Vault) => unknown): Promise<number> =>
    (await middle(rounds, () => withVault(home, job))) - argonMs
  let added = 0
  return {
    open: await above(() => undefined),
    list: await above((vault) => vault.items.list().map(({ name }) => name)),
    search: await above((vault) => search(createSearchIndex(vault.items.list(), itemTexts), 'service 9999')[0]),
    add: await above((vault) => vault.items.add({ ...login(0), name: `One more ${added++}` })),
  }
}

function compare(ours: Times, theirs: Times): void {
  for (const job of ['open', 'list', 'search', 'add'] as const) {
    const ratio = round(ours[job] / theirs[job])
    report(
      { figure: `${job}_10000_ms`, value: round(ours[job]), baseline: round(theirs[job]), ratio },
      ratio < 1,
      'ratio < 1',
    )
  }
}

function residentMiB(home: string, items: number): number {
  const file = fileURLToPath(new URL('support/vault-memory.ts', import.meta.url))
  const said = execFileSync(process.execPath, ['--expose-gc', file, home], { encoding: 'utf8' })
  const { items: listed, mib } = JSON.parse(said) as { items: number; mib: number }
  expectEqual(listed, items)
  return mib
}

async function withVault(home: string, job: (vault: Vault) => unknown): Promise<void> {
  const vault = openVault(home)
  try {
    await vault.unlock(password)
    await job(vault)
  } finally {
    vault.close()
  }
}

function csvRow(at: number): string {
  return `Shop ${at},https://login-${at}.example.com/in,person-${at}@example.com,secret ${at} ${'x'.repeat(16)},`
}

function subfolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

async function middle(rounds: number, job: () => unknown): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < rounds; at += 1) {
    const startedMs = performance.now()
    await job()
    times.push(performance.now() - startedMs)
  }
  return median(times)
}

function timedNow(job: () => unknown): number {
  const startedMs = performance.now()
  job()
  return performance.now() - startedMs
}

function percentile(times: ReadonlyArray<number>, share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * share)] ?? Number.NaN
}

function expectEqual(there: number, wanted: number): void {
  if (there !== wanted) throw new Error(`${there} items instead of ${wanted}`)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function print(figure: string, value: number, more: object, target: number): void {
  report({ figure, value: round(value), ...more }, value <= target, `≤ ${target}`)
}

function report(figure: object, met: boolean, target: string): void {
  console.log(JSON.stringify({ bench: 'vault', ...figure, target, met }))
  if (!met) process.exitCode = 1
}
