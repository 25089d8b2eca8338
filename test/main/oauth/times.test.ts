import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuditLog } from '../../../src/main/audit/audit-log.ts'
import { Codes } from '../../../src/main/oauth/codes.ts'
import { Registrations } from '../../../src/main/oauth/registration.ts'
import { type NewSignIn, SignIns } from '../../../src/main/oauth/sign-ins.ts'
import { tokenEndpoint } from '../../../src/main/oauth/token-endpoint.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { startMcpCore } from '../../support/mcp.ts'
import { oauthAt } from '../../support/oauth.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const resource = 'http://127.0.0.1:7420/mcp'
const clientId = 'oc_cl_0123456789abcdef0123456789abcdef'
const wanted: NewSignIn = {
  id: 'sgn_one',
  name: 'Cursor',
  clientId,
  identity: 'registration',
  redirectHost: '127.0.0.1:33418',
  scopes: ['openclaw:read'],
  resource,
  endsAtMs: null,
}

let clock: FakeClock
let store: TestVault

beforeEach(async () => {
  clock = new FakeClock()
  store = await createTestVault({ clock })
})
afterEach(() => store.cleanup())

describe('a sign-in', () => {
  let signIns: SignIns
  const refresh = (token: string) => signIns.refresh(token, { clientId, resource, scopes: null })

  beforeEach(() => {
    const { vault, events } = store
    const settings = { get: () => ({ accessTokenMinutes: 15 }) }
    signIns = new SignIns({ records: vault.records, vault, clock, events, settings })
  })
  afterEach(() => signIns.dispose())

  test('is over for its access token after the minutes of the settings, and goes on with a new one', () => {
    const { issued } = signIns.open(wanted)
    expect(issued.expiresInS).toBe(15 * 60)
    clock.pass(15 * minuteMs - 1)
    expect(signIns.check(issued.accessToken, { resource })).toMatchObject({ ok: true })
    clock.pass(1)
    expect(signIns.check(issued.accessToken, { resource })).toMatchObject({ ok: false, reason: 'expired' })
    expect(signIns.check(refresh(issued.refreshToken).accessToken, { resource })).toMatchObject({ ok: true })
  })

  test('that a person allowed for a day ends with the day, however often it was renewed', () => {
    let { issued } = signIns.open({ ...wanted, endsAtMs: clock.now() + dayMs })
    for (let hours = 0; hours < 23; hours += 1) {
      clock.pass(hourMs)
      issued = refresh(issued.refreshToken)
    }
    clock.pass(hourMs - 5 * minuteMs)
    issued = refresh(issued.refreshToken)
    expect(issued.expiresInS).toBe(5 * 60)
    clock.pass(5 * minuteMs)
    expect(signIns.check(issued.accessToken, { resource })).toMatchObject({ ok: false, reason: 'expired' })
    expect(() => refresh(issued.refreshToken)).toThrow('not known or not good any more')
    expect(signIns.list()).toMatchObject([{ id: wanted.id, state: 'expired' }])
  })

  test('that is used for the first time, or ends by itself, is told to the window', () => {
    vi.useFakeTimers({ now: clock.now(), toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    try {
      clock.now = () => Date.now()
      const { issued } = signIns.open({ ...wanted, endsAtMs: clock.now() + dayMs })
      let told = 0
      store.events.on((topic) => (told += topic === 'keys' ? 1 : 0))
      for (let calls = 0; calls < 3; calls += 1) signIns.check(issued.accessToken, { resource })
      expect(told).toBe(1)
      vi.advanceTimersByTime(minuteMs)
      expect(told).toBe(2)
      vi.advanceTimersByTime(dayMs - minuteMs - 1)
      expect(told).toBe(2)
      vi.advanceTimersByTime(1)
      expect(told).toBe(3)
      expect(signIns.list()).toMatchObject([{ state: 'expired' }])
    } finally {
      vi.useRealTimers()
    }
  })

  test('that nothing renews for 30 days is over; one renewed on the last day goes on', () => {
    let { issued } = signIns.open(wanted)
    clock.pass(30 * dayMs - 1)
    issued = refresh(issued.refreshToken)
    clock.pass(30 * dayMs)
    expect(() => refresh(issued.refreshToken)).toThrow('not known or not good any more')
  })

  test('renewed with a token that was used before lives on for five seconds only', () => {
    const first = signIns.open(wanted).issued
    const second = refresh(first.refreshToken)
    clock.pass(4_999)
    expect(refresh(first.refreshToken).accessToken).not.toBe(second.accessToken)
    clock.pass(1)
    expect(() => refresh(first.refreshToken)).toThrow('was used before')
    expect(() => refresh(second.refreshToken)).toThrow('not known or not good any more')
    expect(signIns.list()).toMatchObject([{ state: 'revoked', revokedBecause: 'reuse' }])
  })

  test('whose token two requests traded at the same moment goes on with both, each used once, until one comes back', () => {
    const first = signIns.open(wanted).issued
    let [one, other] = [refresh(first.refreshToken), refresh(first.refreshToken)]
    for (let times = 0; times < 3; times++) {
      clock.pass(hourMs / 2)
      one = refresh(one.refreshToken)
      clock.pass(hourMs / 2)
      other = refresh(other.refreshToken)
    }
    const used = one.refreshToken
    refresh(used)
    clock.pass(5_000)
    expect(() => refresh(used)).toThrow('was used before')
    expect(() => refresh(other.refreshToken)).toThrow('not known or not good any more')
    expect(signIns.list()).toMatchObject([{ state: 'revoked', revokedBecause: 'reuse' }])
  })

  test('never has more than four refresh tokens that are good', () => {
    const first = signIns.open(wanted).issued
    const issued = Array.from({ length: 5 }, () => refresh(first.refreshToken).refreshToken)
    for (const token of issued.slice(1)) refresh(token)
    expect(() => refresh(issued[0] ?? '')).toThrow('was used before')
  })
})

describe('a code', () => {
  const grant = { ...wanted, redirectUri: 'http://127.0.0.1:33418/callback', challenge: 'c', approvalId: 'apr_one' }

  test('is good for a minute', () => {
    const codes = new Codes(clock)
    const [one, other] = [codes.make(grant), codes.make(grant)]
    clock.pass(minuteMs - 1)
    expect(codes.take(one)).toMatchObject({ grant })
    clock.pass(1)
    expect(codes.take(other)).toEqual({ replayed: null })
  })

  test('that comes back names the tokens it had opened, for ten minutes after its own', () => {
    const codes = new Codes(clock)
    const code = codes.make(grant)
    const taken = codes.take(code)
    if ('opened' in taken) taken.opened('fam_one')
    clock.pass(minuteMs)
    expect(codes.take(code)).toEqual({ replayed: 'fam_one' })
    clock.pass(10 * minuteMs)
    codes.make(grant)
    expect(codes.take(code)).toEqual({ replayed: null })
  })
})

describe('a registration', () => {
  const metadata = { client_name: 'Cursor', redirect_uris: ['http://127.0.0.1:33418/callback'] }

  test('is kept for 90 days from its last use, or from its beginning while nobody has let it in', () => {
    const { vault } = store
    const registrations = new Registrations({ records: vault.records, vault, clock })
    const unused = registrations.register(metadata, 'here').clientId
    const used = registrations.register(metadata, 'here').clientId
    clock.pass(dayMs)
    registrations.consented(used)
    clock.pass(89 * dayMs - 1)
    expect(registrations.find(unused)).toBeDefined()
    clock.pass(1)
    expect([registrations.find(unused), registrations.find(used)?.clientId]).toEqual([undefined, used])
    clock.pass(dayMs)
    expect(registrations.find(used)).toBeUndefined()
  })

  test('of a program that renews its sign-in stays, noted once a day, and is answered invalid_client when it is gone', async () => {
    const { vault, events, home } = store
    const audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events })
    const registrations = new Registrations({ records: vault.records, vault, clock })
    const settings = { get: () => ({ accessTokenMinutes: 15 }) }
    const signIns = new SignIns({ records: vault.records, vault, clock, events, settings })
    const codes = new Codes(clock)
    const token = tokenEndpoint({ codes, signIns, registrations, audit, vault, scopeMap: () => ({}) })
    const { clientId: registered } = registrations.register(metadata, 'here')
    registrations.consented(registered)
    let held = signIns.open({ ...wanted, clientId: registered }).issued.refreshToken
    const renew = async (): Promise<void> => {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: registered, refresh_token: held })
      held = ((await token({ body: form.toString() })) as { refresh_token: string }).refresh_token
    }
    const noted = (): number | null => registrations.find(registered)?.usedAtMs ?? null

    for (let day = 0; day < 100; day += 20) {
      clock.pass(20 * dayMs)
      await renew()
    }
    const atMs = noted()
    expect(atMs).toBe(clock.now())
    clock.pass(hourMs)
    await renew()
    expect(noted()).toBe(atMs)
    // Written, not only remembered.
    expect(new Registrations({ records: vault.records, vault, clock }).find(registered)?.usedAtMs).toBe(atMs)

    clock.pass(90 * dayMs)
    await expect(renew()).rejects.toMatchObject({ status: 401, code: 'invalid_client' })
    const code = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: registered,
      code: 'gone',
      code_verifier: 'v'.repeat(43),
    })
    await expect(token({ body: code.toString() })).rejects.toMatchObject({ status: 401, code: 'invalid_client' })
    signIns.dispose()
    await audit.flush()
    audit.close()
  })
})

test('a consent that nobody answers in time goes back to the program as denied', async () => {
  const core = await startMcpCore({ approvalTimeoutMs: 300 })
  try {
    const oauth = oauthAt(core)
    const back = await oauth.follow(await oauth.authorize(await oauth.clientId()))
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('error_description')).toBe('Nobody answered in time.')
    expect(back.searchParams.get('code')).toBeNull()
  } finally {
    await core.close()
  }
})
