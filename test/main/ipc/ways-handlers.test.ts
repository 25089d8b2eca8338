import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/main/app.ts'
import type { AppOptions } from '../../../src/main/app-options.ts'
import type { RouteName } from '../../../src/shared/ipc/contract.ts'
import type { AuditPage } from '../../../src/shared/models/audit.ts'
import { ComputerKeychain } from '../../support/keychain.ts'
import { readPdf } from '../../support/pdf-text.ts'
import { repoRoot } from '../../support/spawn-core.ts'
import { temporaryHome } from '../../support/vault.ts'

const password = 'correct horse battery'
const homes: string[] = []
const apps: App[] = []

afterAll(async () => {
  for (const app of apps) await app.dispose()
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

function newHome(): string {
  const home = temporaryHome()
  homes.push(home)
  return home
}

function start(home: string, more: Partial<AppOptions> = {}): App {
  const app = createApp({ home, version: 'test', resourcesDir: `${repoRoot}/resources`, idleLock: false, ...more })
  apps.push(app)
  return app
}

async function value<T>(app: App, route: RouteName, input: unknown = null): Promise<T> {
  const answer = await app.router.call(route, input, { kind: 'window' })
  if (!answer.ok) throw new Error(`${route}: ${answer.error.code}: ${answer.error.message}`)
  return answer.value as T
}

const call = (app: App, route: RouteName, input: unknown = null) => app.router.call(route, input, { kind: 'window' })

test('an older vault file is opened for nobody, window or command, until the person accepts it, and that is written down first', async () => {
  const home = newHome()
  const first = start(home)
  await value(first, 'vault.create', { password })
  await first.dispose()
  copyFileSync(join(home, 'vault.db'), join(home, 'older.db'))
  const second = start(home)
  await value(second, 'vault.unlock', { password })
  await value(second, 'items.add', { kind: 'note', name: 'newer' })
  await second.dispose()
  copyFileSync(join(home, 'older.db'), join(home, 'vault.db'))

  const app = start(home)
  expect(await call(app, 'vault.unlock', { password })).toMatchObject({
    error: { code: 'rolled_back', message: expect.stringContaining('1 change of an item') as string },
  })
  const byCommand = await app.router.call('items.list', null, { kind: 'cli', password })
  expect(byCommand).toMatchObject({
    error: { code: 'rolled_back', hint: expect.stringContaining('--accept-older') as string },
  })
  expect(app.status().vault).toBe('locked')
  await value(app, 'vault.unlock', { password, acceptOlder: true })
  expect(await value(app, 'items.list')).toEqual([])
  const { entries } = await value<AuditPage>(app, 'audit.list', { kinds: ['vault.unlock', 'vault.accept-older'] })
  const lines = entries.map(({ kind, phase, outcome, code }) => [kind, phase, outcome, code].join(' ').trim())
  // Newest first.
  expect(lines.slice(0, 6)).toEqual([
    'vault.accept-older close ok',
    'vault.unlock close ok',
    'vault.unlock open',
    'vault.accept-older open',
    'vault.unlock close refused rolled_back',
    'vault.unlock open',
  ])
})

test('the sheet with the words goes where the person chose, holds only words that open the vault, and is written down', async () => {
  const home = newHome()
  let chosen: string | null = null
  const app = start(home, { choosePath: async (what) => (what === 'kit' ? chosen : null) })
  const { recoveryWords: words } = await value<{ recoveryWords: string }>(app, 'vault.create', { password })
  expect(await value(app, 'kit.save', { words, paper: 'a4' })).toEqual({ saved: false })
  chosen = join(home, 'kit.pdf')
  expect(await value(app, 'kit.save', { words, paper: 'letter' })).toEqual({ saved: true })
  const { pieces } = readPdf(readFileSync(chosen))
  expect(pieces.filter((piece) => words.split(' ').includes(piece))).toEqual(words.split(' '))
  expect(pieces.join('')).toMatch(/Vault vlt_\w+/)
  // A page in a hostile hand: other words, a name of its own.
  const others = `${'abandon '.repeat(23)}art`
  expect(await call(app, 'kit.save', { words: others, paper: 'a4' })).toMatchObject({
    error: { code: 'wrong_password' },
  })
  expect(await call(app, 'kit.save', { words: 'my own text', paper: 'a4' })).toMatchObject({
    error: { code: 'invalid' },
  })
  const named = { words, paper: 'a4', path: join(home, 'named.pdf') }
  expect(await call(app, 'kit.file', named)).toMatchObject({ error: { code: 'refused' } })
  expect(await app.router.call('kit.file', named, { kind: 'cli', password })).toMatchObject({ ok: true })
  expect(await app.router.call('kit.file', named, { kind: 'cli', password })).toMatchObject({
    error: { code: 'conflict' },
  })
  const { entries } = await value<AuditPage>(app, 'audit.list', { kinds: ['vault.save-kit'] })
  const ends = entries.filter(({ phase }) => phase === 'close').map(({ outcome, code }) => code ?? outcome)
  expect(ends).toEqual(['conflict', 'ok', 'invalid', 'wrong_password', 'ok', 'cancelled'])
  expect(
    readdirSync(home)
      .filter((name) => /kit|named/.test(name))
      .toSorted(),
  ).toEqual(['kit.pdf', 'named.pdf'])
})

test('quick unlock in the window: with the password, written down, and no leave to open secrets', async () => {
  const home = newHome()
  const app = start(home, { keychain: new ComputerKeychain() })
  await value(app, 'vault.create', { password })
  const { id } = await value<{ id: string }>(app, 'items.add', { kind: 'api-key', name: 'one', secret: 'secret' })
  expect(await call(app, 'quickUnlock.turnOn', { password: 'wrong password' })).toMatchObject({
    error: { code: 'wrong_password' },
  })
  await value(app, 'quickUnlock.turnOn', { password })
  await value(app, 'vault.lock')
  expect(app.status()).toMatchObject({ vault: 'locked', quickUnlock: 'ready' })
  await value(app, 'quickUnlock.unlock')
  expect(app.status().vault).toBe('unlocked')
  expect(await call(app, 'items.reveal', { id, field: 'secret' })).toMatchObject({ error: { code: 'password_needed' } })
  await value(app, 'vault.changePassword', { password, newPassword: 'a newer password' })
  expect(app.status().quickUnlock).toBe('off')
  expect(readdirSync(home)).not.toContain('quick-unlock.json')
  const kinds = ['vault.quick-unlock', 'vault.quick-unlock-on'] as const
  const { entries } = await value<AuditPage>(app, 'audit.list', { kinds })
  const ends = entries.filter(({ phase }) => phase === 'close').map(({ kind, outcome }) => `${kind} ${outcome}`)
  expect(ends).toEqual(['vault.quick-unlock ok', 'vault.quick-unlock-on ok', 'vault.quick-unlock-on refused'])
})
