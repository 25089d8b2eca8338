import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { ApiKeys } from '../../../src/main/mcp/api-keys.ts'
import { sha256 } from '../../../src/main/mcp/key-record.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const password = 'correct horse battery staple'
const hourMs = 3_600_000

let home: string
let clock: FakeClock
let vault: Vault
let apiKeys: ApiKeys

function open(): void {
  const events = new ChangeEvents()
  vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
  apiKeys = new ApiKeys({ records: vault.records, vault, clock, events })
}

function reopen(): void {
  apiKeys.dispose()
  vault.close()
  open()
}

function make(expiresInDays: number | null = null) {
  return apiKeys.create({ name: 'CRM', scopes: ['openclaw:read'], expiresInDays }, 'cli')
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'clawkeep-rotation-'))
  clock = new FakeClock()
  open()
  await vault.create(password)
})
afterEach(() => {
  apiKeys.dispose()
  vault.close()
  rmSync(home, { recursive: true, force: true })
})

test('both keys are the same client until the overlap ends to the millisecond, then only the new one is', () => {
  const { key, secret } = make()
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  expect(rotated.secret).not.toBe(secret)
  expect(rotated.key).toMatchObject({
    id: key.id,
    prefix: rotated.secret.slice(0, 12),
    rotatedAtMs: clock.now(),
    previous: { prefix: secret.slice(0, 12), untilMs: clock.now() + hourMs },
  })
  clock.pass(hourMs - 1)
  expect(apiKeys.authenticate(secret)).toMatchObject({ id: key.id, expiresAtMs: clock.now() + 1 })
  expect(apiKeys.authenticate(rotated.secret)).toMatchObject({ id: key.id, expiresAtMs: null })
  clock.pass(1)
  expect(apiKeys.check(secret)).toEqual({ ok: false, reason: 'replaced', keyId: key.id })
  expect(apiKeys.authenticate(rotated.secret)).toMatchObject({ id: key.id, name: 'CRM', scopes: ['openclaw:read'] })
  expect(apiKeys.list()[0]?.previous).toBeNull()
})

test('without an overlap the old key stops at once', () => {
  const { key, secret } = make()
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: 0 })
  expect(rotated.key.previous).toBeNull()
  expect(apiKeys.check(secret)).toMatchObject({ ok: false, reason: 'replaced' })
})

test('the overlap goes on through a restart and a lock, and ends during one', async () => {
  const { key, secret } = make()
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  reopen()
  expect(vault.state).toBe('locked')
  for (const token of [secret, rotated.secret]) expect(apiKeys.authenticate(token)).toMatchObject({ id: key.id })
  await vault.unlock(password)
  expect(apiKeys.list()[0]?.previous).toMatchObject({ prefix: secret.slice(0, 12) })
  vault.lock()
  clock.pass(hourMs)
  expect(apiKeys.check(secret)).toMatchObject({ ok: false, reason: 'replaced' })
  reopen()
  expect(apiKeys.check(secret)).toMatchObject({ ok: false, reason: 'replaced' })
  expect(apiKeys.authenticate(rotated.secret)).toMatchObject({ id: key.id })
})

test('revoking ends both keys at once, after a restart too', async () => {
  const { key, secret } = make()
  const told: string[] = []
  apiKeys.onRevoked((id) => told.push(id))
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  expect(told).toEqual([])
  apiKeys.revoke(key.id)
  expect(told).toEqual([key.id])
  reopen()
  for (const token of [secret, rotated.secret])
    expect(apiKeys.check(token)).toEqual({ ok: false, reason: 'revoked', keyId: key.id })
  await vault.unlock(password)
  expect(() => apiKeys.rotate({ id: key.id, overlapMs: 0 })).toThrow(expect.objectContaining({ code: 'conflict' }))
})

test('a second rotation ends the key before last', () => {
  const { key, secret: first } = make()
  const { secret: second } = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  const { secret: third } = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  expect(apiKeys.authenticate(first)).toBeNull()
  expect(apiKeys.authenticate(second)?.id).toBe(key.id)
  expect(apiKeys.authenticate(third)?.id).toBe(key.id)
})

test('an overlap does not outlive the key’s own expiry, and a dead key is not rotated', () => {
  const { key, secret } = make(1 / 48)
  apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  expect(apiKeys.list()[0]?.previous?.untilMs).toBe(clock.now() + hourMs / 2)
  clock.pass(hourMs / 2)
  expect(apiKeys.check(secret)).toMatchObject({ ok: false, reason: 'expired' })
  expect(() => apiKeys.rotate({ id: key.id, overlapMs: 0 })).toThrow(expect.objectContaining({ code: 'conflict' }))
  expect(() => apiKeys.rotate({ id: 'key_none', overlapMs: 0 })).toThrow(expect.objectContaining({ code: 'not_found' }))
})

test('keys written by a version that knew no rotation go on working and can be rotated', async () => {
  const { key, secret } = make()
  const hash = sha256(secret)
  const sealed = { name: 'Old', prefix: key.prefix, createdAtMs: 1, lastUsedAtMs: null }
  const clear = { hash, scopes: ['openclaw:read'], expiresAtMs: null, revokedAtMs: null }
  vault.records.put('api-key', key.id, sealed, clear)
  reopen()
  expect(apiKeys.authenticate(secret)?.id).toBe(key.id)
  await vault.unlock(password)
  expect(apiKeys.list()[0]).toMatchObject({ name: 'Old', source: null, rotatedAtMs: null, previous: null })
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  expect([secret, rotated.secret].map((token) => apiKeys.authenticate(token)?.id)).toEqual([key.id, key.id])
})

test('nothing of either key is readable on disk', () => {
  const { key, secret } = make()
  const rotated = apiKeys.rotate({ id: key.id, overlapMs: hourMs })
  for (const name of readdirSync(home)) {
    const text = readFileSync(join(home, name)).toString('latin1')
    for (const token of [secret, rotated.secret]) expect(text).not.toContain(token.slice(0, 12))
  }
})
