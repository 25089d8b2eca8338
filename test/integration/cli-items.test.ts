import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditPage } from '../../src/shared/models/audit.ts'
import type { HealthResult } from '../../src/shared/models/health.ts'
import type { AttachedFile, ItemOverview, ItemVersion, ItemView, TrashedItem } from '../../src/shared/models/item.ts'
import { cliHome, type CliHome } from '../support/cli.ts'

const at: CliHome = cliHome()
/** As a terminal may give it, with the accents apart; the vault keeps names with them joined. */
const apart = (name: string): string => name.normalize('NFD')
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
beforeAll(() => at.json(['init']))
afterAll(() => at.cleanup())

const ok = async (args: ReadonlyArray<string>, zone?: string): Promise<string> => {
  const run = await at.run([...args], zone === undefined ? {} : { env: { TZ: zone } })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  return run.stdout
}

test('every kind is added by its own options, and one that does not fit is refused with what to do', async () => {
  expect(await ok(['item', 'add', '--kind', 'ssh-key', '--name', 'server', '--user-name', 'ada@laptop'])).toMatch(
    /^Added server \(itm_\w+\)\.\npublic key: ssh-ed25519 \S+ ada@laptop\nfingerprint: SHA256:\S{43}\n$/,
  )
  await ok(
    [
      ...['item', 'add', '--kind', 'note', '--name', 'diary', '--notes-file', at.file('notes', 'dear diary\n')],
      ...['--field', 'Colour=blue', '--hidden-field', `Pín=${at.file('pin', '4711\n')}`, '--tag', 'home', 'wörk'],
      ...['--favourite', '--expires', '2020-01-31', '--rotate-by', '2999-12-31'],
    ],
    'Asia/Tokyo',
  )
  await ok(['item', 'add', '--kind', 'totp', '--name', 'codes', '--totp-file', at.file('seed', `${seed}\n`)])
  const wrong = [
    ['item', 'add', '--kind', 'file', '--name', 'x'],
    ['item', 'add', '--kind', 'api-key', '--name', 'x'],
    ['item', 'add', '--kind', 'note', '--name', 'x', '--expires', '2026-02-31'],
    ['item', 'add', '--kind', 'totp', '--name', 'x', '--totp-file', at.file('bad', 'hunter2!')],
    ['item', 'add', '--kind', 'note', '--name', 'x', '--expires', '0099-02-01'],
  ]
  const runs = await Promise.all(wrong.map((args) => at.run(args)))
  expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
  expect(runs[4]?.stderr).toContain('from 1970 on')
  expect(runs[0]?.stderr).toContain('api-key, login, note, ssh-key, totp')
  expect(runs.map(({ stderr }) => stderr).join()).not.toContain('hunter2')

  const shown = await ok(['item', 'show', 'diary'], 'America/Los_Angeles')
  for (const line of ['expires: 2020-01-31', 'change it by: 2999-12-31'])
    expect(shown, 'a day that was set in Tokyo').toContain(`${line}\n`)
  for (const line of ['Colour: blue', 'Pín: hidden', 'tags: home, wörk', 'favourite: yes', 'due: expired'])
    expect(shown).toContain(line)
  expect(await ok(['item', 'show', 'diary', '--reveal', '--field', apart('Pín')])).toMatch(/P.+n: 4711/)
  expect(await ok(['item', 'code', 'codes'])).toMatch(/^\d{6} \(\d+ s left\)\n$/)
  expect(await ok(['item', 'show', 'codes'])).not.toContain(seed)
  const due = await at.json<ReadonlyArray<ItemOverview>>([
    'item',
    'list',
    '--due',
    '--tag',
    apart('wörk'),
    '--favourites',
  ])
  expect(due).toMatchObject([{ name: 'diary', due: 'expired' }])
  const found = await at.json<ReadonlyArray<ItemOverview>>(['item', 'list', '--search', 'pín DIÁRY', '--kind', 'note'])
  expect(found.map(({ name }) => name)).toEqual(['diary'])
})

test('without a running core a command opens the vault once, whatever it looks up first', async () => {
  const unlocks = async (): Promise<number> => {
    const page = await at.json<AuditPage>(['audit', 'list', '--limit', '500'])
    return page.entries.filter(({ kind, outcome }) => kind === 'vault.unlock' && outcome === 'ok').length
  }
  for (const command of [
    ['list'],
    ['show', 'diary', '--reveal', '--field', 'notes'],
    ['edit', 'server', '--tag', 'work'],
  ]) {
    const before = await unlocks()
    await ok(['item', ...command])
    expect((await unlocks()) - before, `${command[0]}, and the audit before it`).toBe(2)
  }
  const wrong = await at.run(['--password-file', at.file('wrong', 'another password'), 'item', 'show', 'diary'])
  expect(wrong.code).not.toBe(0)
  expect(wrong.stderr).toContain('password')
})

test('an edit changes only what is given, and the history gives it back', async () => {
  await ok(['item', 'edit', 'diary', '--notes-file', at.file('new', 'second thoughts'), '--no-favourite'])
  await ok(['item', 'edit', 'diary', '--field', 'Colour=red', '--expires', 'never', '--tag', ''])
  const edited = await at.json<ItemView>(['item', 'show', 'diary'])
  expect(edited).toMatchObject({ favourite: false, due: null, tags: [], versions: 2 })
  expect(edited.fields.map(({ name, value }) => [name, value])).toEqual([
    ['Colour', 'red'],
    ['Pín', null],
  ])
  const versions = await at.json<ReadonlyArray<ItemVersion>>(['item', 'history', 'diary'])
  expect(versions.map(({ revision, changed }) => [revision, changed])).toEqual([
    [2, ['fields']],
    [1, ['notes']],
  ])
  expect(await ok(['item', 'history', 'diary', '--reveal', '1', '--field', 'notes'])).toContain('dear diary')
  await ok(['item', 'restore-version', 'diary', '1'])
  expect(await ok(['item', 'show', 'diary', '--reveal', '--field', 'notes'])).toContain('dear diary')
  expect((await at.run(['item', 'restore-version', 'diary', '77'])).code).toBe(4)
  await ok(['item', 'edit', 'diary', '--drop-field', apart('Pín')])
  const ofVersion = ['item', 'history', 'diary', '--field', 'Pín', '--reveal']
  expect(await ok([...ofVersion, '1']), 'a field that the item has no more').toBe('Pín: 4711\n')
  expect((await at.run([...ofVersion, '77'])).code).toBe(4)
})

test('a file goes into the vault and out again, and what is there is not overwritten', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  const source = at.file('report.bin', '')
  writeFileSync(source, content)
  await ok(['item', 'attach', 'diary', source])
  expect(await at.json<ReadonlyArray<AttachedFile>>(['item', 'files', 'diary'])).toMatchObject([
    { name: 'report.bin', bytes: 300_000 },
  ])
  const sealed = readdirSync(join(at.home, 'vault-files'))
  expect(sealed).toHaveLength(1)
  expect(readFileSync(join(at.home, 'vault-files', sealed[0] ?? '')).includes(content.subarray(0, 64))).toBe(false)
  const out = join(at.home, 'saved.bin')
  await ok(['item', 'save', 'diary', 'report.bin', '--out', out])
  expect(readFileSync(out).equals(content)).toBe(true)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect((await at.run(['item', 'save', 'diary', 'report.bin', '--out', out])).code).toBe(1)
  expect((await at.run(['item', 'save', 'diary', 'nothing', '--out', out])).code).toBe(4)
  await ok(['item', 'detach', 'diary', 'report.bin'])
  expect(readdirSync(join(at.home, 'vault-files'))).toEqual([])
})

test('what was removed lies in the trash, comes back with its history, and is erased only when asked', async () => {
  await ok(['item', 'remove', 'diary'])
  expect((await at.run(['item', 'show', 'diary'])).code).toBe(4)
  expect(await at.json<ReadonlyArray<TrashedItem>>(['trash', 'list'])).toMatchObject([{ name: 'diary', kind: 'note' }])
  await ok(['trash', 'restore', 'diary', '--name', 'diáry again'])
  expect((await at.json<ItemView>(['item', 'show', apart('diáry again')])).versions).toBe(4)
  await ok(['item', 'remove', apart('diáry again')])
  await ok(['item', 'remove', 'server'])
  await ok(['trash', 'erase', 'server'])
  expect((await at.run(['trash', 'erase', 'codes'])).code).toBe(4)
  expect((await at.run(['trash', 'empty'])).code).toBe(2)
  expect(await at.json(['trash', 'empty', '--yes'])).toEqual({ erased: 1 })
  expect(await ok(['trash', 'list'])).toBe('The trash is empty.\n')
  expect((await at.json<ReadonlyArray<ItemOverview>>(['item', 'list'])).map(({ name }) => name)).toEqual(['codes'])
})

test('a password and a passphrase are made without a vault, and only they go to standard output', async () => {
  expect(await ok(['generate', '--length', '32', '--avoid-look-alikes'])).toMatch(/^[^\sIl1Oo0]{32}\n$/)
  expect(await ok(['generate', '--no-symbols', '--no-upper', '--no-lower'])).toMatch(/^\d{20}\n$/)
  expect(await at.json(['generate', '--words', '5', '--separator', '.', '--digit'])).toMatchObject({
    value: expect.stringMatching(/^[a-z]+\d?(\.[a-z]+\d?){4}$/),
    bits: 70,
    score: 4,
  })
  const wrong = [['--words', '4', '--length', '12'], ['--words', '2'], ['--length', 'x'], ['--capitals']]
  for (const args of wrong) expect((await at.run(['generate', ...args])).code, args.join(' ')).toBe(2)
})

test('the health of the vault is told by name, against a list of breached hashes too, and never with a secret', async () => {
  const value = at.file('weak', 'password')
  await ok(['item', 'add', '--kind', 'login', '--name', 'mail', '--value-file', value])
  await ok(['item', 'add', '--kind', 'login', '--name', 'forum', '--value-file', value])
  // SHA-1 of “password”.
  const list = at.file('pwned', '5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n')
  const words = await ok(['vault', 'health', '--breach-list', list])
  expect(words).toMatch(/mail +breached, seen 9545824 times; weak; the same in 2 items \(group 1\)\n/)
  expect(words).toContain('Compared with pwned (SHA-1).')
  const found = await at.json<HealthResult>(['vault', 'health'])
  expect(found.found.map(({ name }) => name)).toEqual(['forum', 'mail'])
  expect(words + JSON.stringify(found)).not.toContain('"password"')
  expect(await at.run(['vault', 'health', '--breach-list', value])).toMatchObject({ code: 2 })
  expect(await at.run(['vault', 'health', '--breach-list', '/nowhere'])).toMatchObject({ code: 4 })
})

test('a field of the person that is called like a usual part or a key of the output is revealed as what it is', async () => {
  const [pin, other] = [at.file('own', 'own value\n'), at.file('other', 'of the item\n')]
  await ok([
    ...['item', 'add', '--kind', 'login', '--name', 'namesakes'],
    ...['--hidden-field', `secret=${pin}`, '--hidden-field', `id=${pin}`],
  ])
  const shown = (...more: ReadonlyArray<string>) =>
    at.json<ItemView & { revealed?: object; secret?: string }>(['item', 'show', 'namesakes', '--reveal', ...more])
  const byName = await shown('--field', 'secret')
  expect(byName).toMatchObject({ revealed: { name: 'secret', value: 'own value' } })
  expect(await shown('--field', 'id')).toMatchObject({ id: byName.id, revealed: { name: 'id', value: 'own value' } })
  await ok(['item', 'edit', 'namesakes', '--value-file', other])
  const both = await at.run(['item', 'show', 'namesakes', '--reveal', '--field', 'secret'])
  expect(both).toMatchObject({ code: 1, stdout: '' })
  const byId = `field:${byName.fields[0]?.id}`
  expect(both.stderr).toContain(`Use --field part:secret or --field ${byId}.`)
  expect(await ok(['item', 'show', 'namesakes', '--reveal', '--field', byId])).toMatch(/\nsecret: own value\n$/)
  expect(await shown('--field', 'part:secret')).toMatchObject({ secret: 'of the item' })
  expect(await shown()).toMatchObject({ secret: 'of the item' })
  expect(await ok(['item', 'history', 'namesakes', '--reveal', '1', '--field', 'secret'])).toBe('secret: own value\n')
})
