import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { AppOptions } from '../../../src/main/app-options.ts'
import { ComputerKeychain } from '../../support/keychain.ts'
import { readPdf } from '../../support/pdf-text.ts'
import { startWindowCore, type WindowCore, windowPassword as password } from '../../support/window-core.ts'

const cores: WindowCore[] = []
// The last that was started in a home is the one that still runs there.
afterAll(async () => {
  for (const core of cores.toReversed()) await core.close()
})

function start(options: Partial<AppOptions> = {}): WindowCore {
  const core = startWindowCore(options)
  cores.push(core)
  return core
}

test('an older vault file is opened for nobody, window or command, until the person accepts it, and that is written down first', async () => {
  const first = start()
  const { home } = first
  await first.value('vault.create', { password })
  await first.app.dispose()
  copyFileSync(join(home, 'vault.db'), join(home, 'older.db'))
  const second = start({ home })
  await second.value('vault.unlock', { password })
  await second.value('items.add', { kind: 'note', name: 'newer' })
  await second.app.dispose()
  copyFileSync(join(home, 'older.db'), join(home, 'vault.db'))

  const { app, call, value, byCli } = start({ home })
  expect(await call('vault.unlock', { password })).toMatchObject({
    error: { code: 'rolled_back', message: expect.stringContaining('1 change of an item') as string },
  })
  const byCommand = await byCli('items.list')
  expect(byCommand).toMatchObject({
    error: { code: 'rolled_back', hint: expect.stringContaining('--accept-older') as string },
  })
  expect(app.status().vault).toBe('locked')
  await value('vault.unlock', { password, acceptOlder: true })
  expect(await value('items.list')).toEqual([])
  const { entries } = await value('audit.list', { kinds: ['vault.unlock', 'vault.accept-older'] })
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

test('words that the window showed are asked about after every unlock, until they are on paper or replaced by a command', async () => {
  const first = start()
  const { home } = first
  const isAsked = (core: WindowCore): boolean => core.app.status().wordsUnconfirmed
  await first.value('vault.create', { password })
  expect(isAsked(first)).toBe(true)
  await first.value('vault.lock')
  expect(isAsked(first)).toBe(false)
  await first.app.dispose()

  const second = start({ home })
  await second.value('vault.unlock', { password })
  expect(isAsked(second)).toBe(true)
  const topics: string[] = []
  second.app.events.on((topic) => void topics.push(topic))
  expect(await second.byCli('vault.confirmWords')).toMatchObject({ error: { code: 'refused' } })
  await second.value('vault.confirmWords')
  expect(isAsked(second)).toBe(false)
  expect(topics).toContain('status')
  await second.value('vault.renewWords', { password })
  expect(isAsked(second)).toBe(true)
  await second.byCli('vault.renewWords', { password })
  expect(isAsked(second)).toBe(false)
  const { recoveryWords: words } = await second.value('vault.renewWords', { password })
  await second.value('vault.lock')
  await second.value('vault.recover', { words, newPassword: 'a newer password' })
  expect(isAsked(second)).toBe(false)
  await second.value('vault.renewWords', { password: 'a newer password' })
  await second.value('vault.removeWords', { password: 'a newer password' })
  expect(isAsked(second)).toBe(false)
  const { entries } = await second.value('audit.list', { kinds: ['vault.confirm-words'] })
  expect(entries.map(({ phase, outcome }) => `${phase} ${outcome ?? ''}`.trim())).toEqual(['close ok', 'open'])
})

test('the sheet with the words goes where the person chose, holds only words that open the vault, and is written down', async () => {
  let chosen: string | null = null
  const { home, call, value, byCli } = start({ choosePath: async (what) => (what === 'kit' ? chosen : null) })
  const { recoveryWords: words } = await value('vault.create', { password })
  expect(await value('kit.save', { words, paper: 'a4' })).toEqual({ saved: false })
  chosen = join(home, 'kit.pdf')
  expect(await value('kit.save', { words, paper: 'letter' })).toEqual({ saved: true })
  const { pieces } = readPdf(readFileSync(chosen))
  expect(pieces.filter((piece) => words.split(' ').includes(piece))).toEqual(words.split(' '))
  expect(pieces.join('')).toMatch(/Vault vlt_\w+/)
  // A page in a hostile hand: other words, a name of its own.
  const others = `${'abandon '.repeat(23)}art`
  expect(await call('kit.save', { words: others, paper: 'a4' })).toMatchObject({
    error: { code: 'wrong_password' },
  })
  expect(await call('kit.save', { words: 'my own text', paper: 'a4' })).toMatchObject({
    error: { code: 'invalid' },
  })
  const named = { words, paper: 'a4', path: join(home, 'named.pdf') }
  expect(await call('kit.file', named)).toMatchObject({ error: { code: 'refused' } })
  expect(await byCli('kit.file', named)).toMatchObject({ ok: true })
  expect(await byCli('kit.file', named)).toMatchObject({
    error: { code: 'conflict' },
  })
  const { entries } = await value('audit.list', { kinds: ['vault.save-kit'] })
  const ends = entries.filter(({ phase }) => phase === 'close').map(({ outcome, code }) => code ?? outcome)
  expect(ends).toEqual(['conflict', 'ok', 'invalid', 'wrong_password', 'ok', 'cancelled'])
  expect(
    readdirSync(home)
      .filter((name) => /kit|named/.test(name))
      .toSorted(),
  ).toEqual(['kit.pdf', 'named.pdf'])
})

test('quick unlock in the window: with the password, written down, and no leave to open secrets', async () => {
  const { app, home, call, value } = start({ keychain: new ComputerKeychain() })
  await value('vault.create', { password })
  const { id } = await value('items.add', { kind: 'api-key', name: 'one', secret: 'secret' })
  expect(await call('quickUnlock.turnOn', { password: 'wrong password' })).toMatchObject({
    error: { code: 'wrong_password' },
  })
  await value('quickUnlock.turnOn', { password })
  await value('vault.lock')
  expect(app.status()).toMatchObject({ vault: 'locked', quickUnlock: 'ready' })
  await value('quickUnlock.unlock')
  expect(app.status().vault).toBe('unlocked')
  expect(await call('items.reveal', { id, field: 'secret' })).toMatchObject({ error: { code: 'password_needed' } })
  await value('vault.changePassword', { password, newPassword: 'a newer password' })
  expect(app.status().quickUnlock).toBe('off')
  expect(readdirSync(home)).not.toContain('quick-unlock.json')
  const kinds = ['vault.quick-unlock', 'vault.quick-unlock-on'] as const
  const { entries } = await value('audit.list', { kinds: [...kinds] })
  const ends = entries.filter(({ phase }) => phase === 'close').map(({ kind, outcome }) => `${kind} ${outcome}`)
  expect(ends).toEqual(['vault.quick-unlock ok', 'vault.quick-unlock-on ok', 'vault.quick-unlock-on refused'])
})
