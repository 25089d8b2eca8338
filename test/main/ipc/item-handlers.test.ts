import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stoppableRoutes, type RouteName } from '../../../src/shared/ipc/contract.ts'
import { startWindowCore, windowPassword as password } from '../../support/window-core.ts'

const copied: string[] = []
const howCopied: Array<{ readonly concealed: boolean; readonly clearAfterMs: number | null }> = []
let chosen: string | null = null
const { app, home, call, byCli, value, close } = startWindowCore({
  clipboard: (text, how) => {
    copied.push(text)
    howCopied.push(how)
  },
  fileDialogs: { open: async () => chosen, save: async () => chosen },
})
beforeAll(() => value('vault.create', { password }))
afterAll(close)

test('a page in a hostile hand cannot name the file that is read or written: in the window the person chooses it', async () => {
  const { id } = await value('items.add', { kind: 'note', name: 'papers' })
  const secret = join(home, 'report.txt')
  writeFileSync(secret, 'the report')
  expect(await call('files.attach', { itemId: id, path: secret })).toMatchObject({ error: { code: 'refused' } })
  expect(await value('files.choose', { itemId: id })).toBeNull()
  chosen = secret
  const file = await value('files.choose', { itemId: id })
  if (file === null) throw new Error('No file was chosen.')
  expect(file).toMatchObject({ name: 'report.txt', bytes: 10 })
  const out = join(home, 'out.txt')
  expect(await call('files.save', { id: file.id, path: out })).toMatchObject({ error: { code: 'refused' } })
  chosen = null
  expect(await value('files.saveAs', { id: file.id })).toEqual({ saved: false })
  expect(readdirSync(home)).not.toContain('out.txt')
  chosen = out
  expect(await value('files.saveAs', { id: file.id })).toEqual({ saved: true })
  expect(readFileSync(out, 'utf8')).toBe('the report')
  expect(await byCli('files.save', { id: file.id, path: out })).toMatchObject({ error: { code: 'conflict' } })
  expect(await byCli('files.save', { id: file.id, path: join(home, 'two.txt') })).toMatchObject({ ok: true })
  expect(await byCli('files.attach', { itemId: id, path: out })).toMatchObject({ value: { name: 'out.txt' } })
  expect(await value('files.remove', { id: file.id })).toBeNull()
})

test('the window sees which files are on their way, and can stop them', async () => {
  const { id } = await value('items.add', { kind: 'note', name: 'large papers' })
  const before = chosen
  chosen = join(home, 'large.bin')
  writeFileSync(chosen, '')
  truncateSync(chosen, 64 * 1024 * 1024)
  const attaching = call('files.choose', { itemId: id })
  await expect
    .poll(async () => value('files.work'), { interval: 2 })
    .toMatchObject([{ itemId: id, kind: 'attach', name: 'large.bin' }])
  const [job] = await value('files.work')
  await value('files.cancel', { id: job?.id ?? '' })
  expect(await attaching).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  expect(await value('files.work')).toEqual([])
  expect(await value('items.get', { id })).toMatchObject({ fileList: [] })
  const { entries } = await value('audit.list', { kinds: ['file.attach'] })
  expect(entries[0]).toMatchObject({ itemIds: [id], code: 'cancelled' })
  chosen = before
})

test('a command that is ended stops the file that is written or attached, and leaves nothing of it', async () => {
  const { id } = await value('items.add', { kind: 'note', name: 'stopped papers' })
  const source = join(home, 'stopped.bin')
  writeFileSync(source, '')
  truncateSync(source, 64 * 1024 * 1024)
  const stopped = async (route: RouteName, input: unknown): Promise<unknown> => {
    const stop = new AbortController()
    const answer = app.router.call(route, input, { kind: 'cli', password, signal: stop.signal })
    await expect.poll(async () => value('files.work'), { interval: 2 }).toHaveLength(1)
    stop.abort()
    return answer
  }
  expect(await stopped('files.attach', { itemId: id, path: source })).toMatchObject({ error: { code: 'cancelled' } })
  expect(await value('items.get', { id })).toMatchObject({ fileList: [] })
  const file = await byCli('files.attach', { itemId: id, path: source })
  if (!file.ok) throw new Error('not attached')
  const before = readdirSync(home)
  const input = { id: (file.value as { id: string }).id, path: join(home, 'never.bin') }
  expect(await stopped('files.save', input)).toMatchObject({ error: { code: 'cancelled' } })
  expect(readdirSync(home)).toEqual(before)
  expect([...stoppableRoutes]).toEqual(expect.arrayContaining(['files.attach', 'files.save']))
})

test('every act on items is in the log with what it was about, and never with a name or a value', async () => {
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const { id } = await value('items.add', {
    kind: 'login',
    name: 'canary-name',
    secret: 'canary-1',
    totp: seed,
  })
  await value('items.edit', { id, patch: { secret: 'canary-2' } })
  expect(await value('items.reveal', { id, field: 'secret', revision: 1 })).toBe('canary-1')
  const { code } = await value('items.code', { id })
  await value('items.copy', { id, field: 'code' })
  expect(copied.at(-1)).toMatch(/^\d{6}$/)
  await value('items.restoreVersion', { id, revision: 1 })
  await value('items.remove', { id })
  expect(await value('trash.list')).toMatchObject([{ id, name: 'canary-name' }])
  await value('trash.restore', { id })
  await value('items.remove', { id })
  expect(await value('trash.empty')).toEqual({ erased: 1 })
  const { entries } = await value('audit.list', { limit: 500 })
  const kinds = entries.filter(({ itemIds }) => itemIds?.includes(id)).map(({ kind }) => kind)
  for (const kind of ['add', 'edit', 'reveal', 'code', 'copy', 'restore-version', 'remove', 'restore', 'erase'])
    expect(kinds).toContain(`item.${kind}`)
  expect(JSON.stringify(entries)).not.toMatch(new RegExp(`canary|${seed}|"${code}"`))
})

test('secrets are opened for five minutes after the password was given, then it is asked for again', async () => {
  const { id } = await value('items.add', { kind: 'api-key', name: 'github', secret: 'ghp_1' })
  const file = await value('files.choose', { itemId: id })
  const opening: ReadonlyArray<readonly [RouteName, unknown]> = [
    ['items.reveal', { id, field: 'secret' }],
    ['items.copy', { id, field: 'secret' }],
    ['files.saveAs', { id: file?.id }],
  ]
  const codes = async () =>
    Promise.all(
      opening.map(async ([route, input]) => {
        const answer = await call(route, input)
        return answer.ok ? 'ok' : answer.error.code
      }),
    )
  const now = Date.now
  try {
    expect(await codes()).toEqual(['ok', 'ok', 'ok'])
    Date.now = () => now() + 5 * 60_000 + 1
    expect(await codes()).toEqual(['password_needed', 'password_needed', 'password_needed'])
    expect(await byCli('items.reveal', { id, field: 'secret' })).toMatchObject({ value: 'ghp_1' })
    expect(await codes()).toEqual(['password_needed', 'password_needed', 'password_needed'])
    expect(await call('vault.confirm', { password: 'not the password' })).toMatchObject({
      error: { code: 'wrong_password' },
    })
    expect(await codes()).toEqual(['password_needed', 'password_needed', 'password_needed'])
    expect(await call('vault.confirm', { password })).toMatchObject({ ok: true })
    expect(await codes()).toEqual(['ok', 'ok', 'ok'])
    // A clock that was set back does not make the time longer.
    Date.now = now
    expect(await codes()).toEqual(['password_needed', 'password_needed', 'password_needed'])
  } finally {
    Date.now = now
  }
  await value('vault.lock')
  await value('vault.unlock', { password })
  expect(await codes()).toEqual(['ok', 'ok', 'ok'])
})

test('a page in a hostile hand cannot open secret after secret: after sixty it has to wait', async () => {
  await value('vault.confirm', { password })
  const { id } = await value('items.add', { kind: 'api-key', name: 'many', secret: 'ghp_1' })
  const reveals = await Promise.all(Array.from({ length: 80 }, () => call('items.reveal', { id, field: 'secret' })))
  const opened = reveals.filter((answer) => answer.ok)
  expect(opened.length).toBeGreaterThanOrEqual(30)
  expect(opened.length).toBeLessThan(70)
  expect(reveals.at(-1)).toMatchObject({ ok: false, error: { code: 'throttled' } })
})

test('what lay in the trash for thirty days is erased at the next unlock, and the log says so', async () => {
  const { id } = await value('items.add', { kind: 'note', name: 'old' })
  await value('items.remove', { id })
  await value('vault.lock')
  const now = Date.now
  try {
    Date.now = () => now() + 30 * 24 * 60 * 60_000
    await value('vault.unlock', { password })
    await expect.poll(async () => value('trash.list')).toEqual([])
    const { entries } = await value('audit.list', { kinds: ['item.erase'] })
    expect(entries[0]).toMatchObject({ asker: { kind: 'system' }, itemIds: [id] })
  } finally {
    Date.now = now
  }
})

test('the status is told anew when the number of items that are due changes, and only then', async () => {
  const told: number[] = []
  const end = app.events.on((topic) => {
    if (topic === 'status') told.push(app.status().dueItems)
  })
  try {
    const { id } = await value('items.add', { kind: 'note', name: 'passport', expiresAtMs: Date.now() })
    await value('items.edit', { id, patch: { tags: ['travel'] } })
    await value('items.edit', { id, patch: { expiresAtMs: null } })
    expect(told).toEqual([1, 0])
  } finally {
    end()
  }
})

test('the key of a client is copied as a secret and taken off again; an address is not; no command copies', async () => {
  await value('clipboard.write', { text: 'oc_sk_0af1', secret: true })
  expect(howCopied.at(-1)).toEqual({ concealed: true, clearAfterMs: 120_000 })
  await value('clipboard.write', { text: 'http://127.0.0.1:7420/mcp' })
  expect(howCopied.at(-1)).toEqual({ concealed: false, clearAfterMs: null })
  expect(await byCli('clipboard.write', { text: 'x', secret: true })).toMatchObject({ error: { code: 'refused' } })
})
