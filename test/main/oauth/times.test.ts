import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Codes } from '../../../src/main/oauth/codes.ts'
import { Registrations } from '../../../src/main/oauth/registration.ts'
import { type NewSignIn, SignIns } from '../../../src/main/oauth/sign-ins.ts'
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

  test('that no person let in is dropped after a day, one that was used after 90 days of rest', () => {
    const { vault } = store
    const registrations = new Registrations({ records: vault.records, vault, clock })
    const unused = registrations.register(metadata, 'here').clientId
    const used = registrations.register(metadata, 'here').clientId
    registrations.consented(used)
    clock.pass(dayMs - 1)
    expect(registrations.find(unused)).toBeDefined()
    clock.pass(1)
    expect([registrations.find(unused), registrations.find(used)?.clientId]).toEqual([undefined, used])
    clock.pass(89 * dayMs)
    expect(registrations.find(used)).toBeUndefined()
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
