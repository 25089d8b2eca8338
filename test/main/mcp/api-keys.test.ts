import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { ApiKeys } from '../../../src/main/mcp/api-keys.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const password = 'correct horse battery staple'
const dayMs = 86_400_000

let home: string
let clock: FakeClock
let vault: Vault
let apiKeys: ApiKeys
let said: string[] = []

function open(): void {
  const events = new ChangeEvents()
  events.on((topic) => void said.push(topic))
  vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
  apiKeys = new ApiKeys({ records: vault.records, vault, clock, events })
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'clawkeep-keys-'))
  clock = new FakeClock()
  open()
  await vault.create(password)
})
afterEach(() => {
  apiKeys.dispose()
  vault.close()
  rmSync(home, { recursive: true, force: true })
})

function make(expiresInDays: number | null = null) {
  return apiKeys.create({ name: 'Claude Desktop', scopes: ['openclaw:read', 'secrets:list'], expiresInDays }, 'window')
}

describe('ApiKeys', () => {
  test('makes keys that look as promised, no two alike', () => {
    const secrets = Array.from({ length: 50 }, () => make().secret)
    for (const secret of secrets) expect(secret).toMatch(/^oc_sk_[0-9a-f]{48}$/)
    expect(new Set(secrets).size).toBe(50)
  })

  test('knows its key, and no other string', () => {
    const { key, secret } = make()
    expect(apiKeys.authenticate(secret)).toEqual({
      kind: 'key',
      id: key.id,
      name: 'Claude Desktop',
      scopes: ['openclaw:read', 'secrets:list'],
      expiresAtMs: null,
    })
    for (const token of [
      '',
      secret.slice(0, -1),
      `${secret}0`,
      secret.toUpperCase(),
      ` ${secret}`,
      secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ]) {
      expect([token, apiKeys.authenticate(token)]).toEqual([token, null])
    }
  })

  test('keeps neither a key nor the client’s name readable on disk', () => {
    const { secret } = make()
    const files = readdirSync(home).map((name) => readFileSync(join(home, name)).toString('latin1'))
    for (const file of files) {
      expect(file).not.toContain(secret.slice('oc_sk_'.length))
      expect(file).not.toContain(secret.slice(0, 12))
      expect(file).not.toContain('Claude Desktop')
    }
  })

  test('survives a restart, and works without a name while locked', async () => {
    const { key, secret } = make()
    const dead = make()
    apiKeys.revoke(dead.key.id)
    vault.close()
    open()
    expect(vault.state).toBe('locked')
    expect(apiKeys.authenticate(secret)).toMatchObject({ id: key.id, name: '', scopes: key.scopes })
    expect(apiKeys.check(dead.secret)).toEqual({ ok: false, reason: 'revoked', keyId: dead.key.id })
    expect(() => apiKeys.list()).toThrow(expect.objectContaining({ code: 'locked' }))
    await vault.unlock(password)
    expect(apiKeys.authenticate(secret)).toMatchObject({ id: key.id, name: 'Claude Desktop' })
    vault.lock()
    expect(apiKeys.authenticate(secret)).toMatchObject({ name: '' })
  })

  test('expires to the millisecond', () => {
    const { key, secret } = make(30)
    expect(key.expiresAtMs).toBe(clock.now() + 30 * dayMs)
    clock.pass(30 * dayMs - 1)
    expect(apiKeys.authenticate(secret)).not.toBeNull()
    clock.pass(1)
    expect(apiKeys.check(secret)).toEqual({ ok: false, reason: 'expired', keyId: key.id })
    expect(apiKeys.list()[0]?.state).toBe('expired')
  })

  test('revokes at once, tells who listens, and does it only once', () => {
    const { key, secret } = make()
    const told: string[] = []
    apiKeys.onRevoked((id) => told.push(id))
    expect(apiKeys.revoke(key.id)).toMatchObject({ state: 'revoked', revokedAtMs: clock.now() })
    apiKeys.revoke(key.id)
    expect(told).toEqual([key.id])
    expect(apiKeys.authenticate(secret)).toBeNull()
    expect(() => apiKeys.revoke('key_none')).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test('shows the last use at once and writes it later, not with every call', async () => {
    const { secret } = make()
    clock.pass(5000)
    const before = readFileSync(join(home, 'vault.db-wal')).length
    for (let at = 0; at < 100; at++) apiKeys.authenticate(secret)
    expect(readFileSync(join(home, 'vault.db-wal')).length).toBe(before)
    expect(apiKeys.list()[0]?.lastUsedAtMs).toBe(clock.now())
    vault.lock()
    vault.close()
    open()
    await vault.unlock(password)
    expect(apiKeys.list()[0]?.lastUsedAtMs).toBe(clock.now())
  })

  describe('what the window shows of a key is told when it changes by itself', () => {
    beforeEach(() => {
      vi.useFakeTimers({ now: clock.now(), toFake: ['setTimeout', 'clearTimeout', 'Date'] })
      clock.now = () => Date.now()
    })
    afterEach(() => vi.useRealTimers())

    /** Whether anything was told while the time went by. */
    function toldIn(ms: number): boolean {
      said = []
      vi.advanceTimersByTime(ms)
      return said.includes('keys')
    }

    test('its first use at once, later ones at most once a minute', () => {
      const { secret } = make()
      said = []
      apiKeys.authenticate(secret)
      expect(said).toEqual(['keys'])
      apiKeys.authenticate(secret)
      expect(said).toEqual(['keys'])
      expect(toldIn(60_000)).toBe(true)
      expect(toldIn(120_000)).toBe(false)
      apiKeys.authenticate(secret)
      expect(toldIn(59_000)).toBe(false)
      expect(toldIn(1_000)).toBe(true)
    })

    test('its end, however far off', () => {
      make()
      const { key } = make(40)
      expect(toldIn(40 * dayMs - 1)).toBe(false)
      expect(apiKeys.list().find(({ id }) => id === key.id)?.state).toBe('active')
      expect(toldIn(1)).toBe(true)
      expect(apiKeys.list().find(({ id }) => id === key.id)?.state).toBe('expired')
      expect(toldIn(90 * dayMs)).toBe(false)
    })

    test('the end of the key that it replaces, before its own, also after a restart', async () => {
      const { key } = make(7)
      apiKeys.rotate({ id: key.id, overlapMs: 3_600_000 })
      apiKeys.dispose()
      vault.close()
      open()
      await vault.unlock(password)
      expect(toldIn(3_600_000)).toBe(true)
      expect(apiKeys.list()[0]?.previous).toBeNull()
      expect(toldIn(7 * dayMs)).toBe(true)
      apiKeys.dispose()
      expect(vi.getTimerCount()).toBe(0)
    })
  })

  test('does not lose a use that came while locked', async () => {
    const { secret } = make()
    vault.lock()
    clock.pass(5000)
    apiKeys.authenticate(secret)
    await vault.unlock(password)
    expect(apiKeys.list()[0]?.lastUsedAtMs).toBe(clock.now())
  })

  test('a key that someone wrote into the file lets nobody act: it is gone at unlock', async () => {
    const { secret } = make()
    vault.close()
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(join(home, 'vault.db'))
    const changed = db
      .prepare(`UPDATE records SET clear = replace(clear, 'secrets:list', 'secrets:use') WHERE kind = 'api-key'`)
      .run()
    db.close()
    expect(changed.changes).toBe(1)
    open()
    // Locked, the clear part is only what the disk says; nothing but the list of tools can be had with it.
    expect(apiKeys.authenticate(secret)?.scopes).toContain('secrets:use')
    const unlocked = await vault.unlock(password).then(
      () => true,
      () => false,
    )
    if (unlocked) expect(apiKeys.authenticate(secret)?.scopes ?? []).not.toContain('secrets:use')
  })
})
