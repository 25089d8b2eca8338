import { beforeEach, expect, test } from 'vitest'
import type { Agreed } from '../../../src/main/oauth/consent.ts'
import { OAuthError } from '../../../src/main/oauth/oauth-error.ts'
import { type Standing, WaitingSignIns } from '../../../src/main/oauth/waiting-sign-ins.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const issuer = 'http://127.0.0.1:7420'
const yes: Agreed = {
  signInId: 'sgn_one',
  approvalId: 'apr_one',
  consented: { scopes: ['openclaw:read'], endsAtMs: null },
}

let clock: FakeClock
let signIns: WaitingSignIns
/** What the person was asked, in order: how each question is answered. */
let asked: Array<{ allow: () => Promise<void>; deny: () => Promise<void> }>

beforeEach(() => {
  clock = new FakeClock()
  asked = []
  const ask = (): Promise<Agreed> =>
    new Promise((resolve, reject) => {
      const answered = (): Promise<void> => new Promise((done) => setImmediate(done))
      asked.push({
        allow: () => (resolve(yes), answered()),
        deny: () => (reject(new OAuthError('access_denied', 'No.')), answered()),
      })
    })
  signIns = new WaitingSignIns({ clock, ask })
})

let count = 0
function begin(clientId: string, standing: Standing = 'stranger', state = `s${count++}`): string {
  const redirect = { uri: 'http://127.0.0.1:1/callback', to: 'machine', host: '127.0.0.1:1' } as const
  const client = { clientId, name: 'Cursor', identity: 'registration', redirect } as const
  const request = { client, scopes: [], resource: `${issuer}/mcp`, challenge: 'c' }
  return signIns.begin({ request, state, issuer }, standing)
}

const denyLast = () => asked.at(-1)?.deny()
const allowLast = () => asked.at(-1)?.allow()

test('sign-ins that ended, and whose answer no browser fetched, keep nobody out', async () => {
  for (let at = 0; at < 150; at++) {
    begin('one', 'let in')
    await allowLast()
  }
  expect(signIns.get(begin('another'))?.outcome).toBeNull()
})

test('when there is no more room refusals go first, then the oldest answer; what waits stays', async () => {
  const waits = begin('waits', 'let in')
  const oldest = begin('one', 'let in')
  await allowLast()
  const refused = begin('two', 'let in')
  await denyLast()
  for (let at = 0; at < 97; at++) {
    begin('one', 'let in')
    await allowLast()
  }
  begin('one', 'let in')
  expect([waits, oldest, refused].map((handle) => signIns.get(handle) !== undefined)).toEqual([true, true, false])
  await allowLast()
  begin('one', 'let in')
  expect([waits, oldest].map((handle) => signIns.get(handle) !== undefined)).toEqual([true, false])
})

test('a refusal is kept for five minutes, an answer to take to the program for two hours', async () => {
  const refused = begin('one')
  await denyLast()
  const allowed = begin('two')
  await allowLast()
  clock.pass(5 * minuteMs - 1)
  begin('three')
  expect(signIns.get(refused)).toBeDefined()
  clock.pass(1)
  begin('three')
  expect([signIns.get(refused), signIns.get(allowed)?.outcome]).toEqual([undefined, yes])
})

test('the same request is led to the same answer until a minute after that was taken; then the person is asked again', async () => {
  const handle = begin('one', 'stranger', 'same')
  expect(begin('one', 'stranger', 'same')).toBe(handle)
  await denyLast()
  expect(begin('one', 'stranger', 'same')).toBe(handle)
  const waiting = signIns.get(handle)
  if (waiting !== undefined) signIns.take(waiting)
  clock.pass(minuteMs - 1)
  expect(begin('one', 'stranger', 'same')).toBe(handle)
  expect(asked).toHaveLength(1)
  clock.pass(1)
  expect(begin('one', 'stranger', 'same')).not.toBe(handle)
  expect(asked).toHaveLength(2)
})

test.each<[Standing, number]>([
  ['stranger', 4],
  ['document', 6],
  ['let in', 8],
])('of the eight places a program that is a %s can have %d', (standing, places) => {
  for (let at = 0; at < places; at++) begin(`one-${at}`, standing)
  expect(() => begin('more', standing)).toThrow('Other sign-ins wait')
  if (standing !== 'let in') begin('known', 'let in')
  else expect(() => begin('new')).toThrow('Other sign-ins wait')
})

test('who was refused waits five seconds, then twice as long each time, ten minutes at most', async () => {
  for (const pauseS of [5, 10, 20, 40, 80, 160, 320, 600, 600]) {
    begin('one', 'let in')
    await denyLast()
    expect(() => begin('one', 'let in')).toThrow(`Try again in ${pauseS} s.`)
    clock.pass(pauseS * 1000 - 1)
    expect(() => begin('one', 'let in')).toThrow('Try again in 1 s.')
    begin('another', 'let in')
    await allowLast()
    clock.pass(1)
  }
})

test.each<[what: string, run: () => unknown]>([
  ['a yes', () => (begin('one', 'let in'), allowLast())],
  ['an hour without a refusal', () => clock.pass(hourMs)],
])('%s ends the longer pauses', async (_what, run) => {
  for (let at = 0; at < 3; at++) {
    clock.pass(minuteMs)
    begin('one', 'let in')
    await denyLast()
  }
  clock.pass(minuteMs)
  await run()
  begin('one', 'let in')
  await denyLast()
  expect(() => begin('one', 'let in')).toThrow('Try again in 5 s.')
})

test('after four refusals all strangers wait, since each can take a new name; a program that is known does not', async () => {
  for (let at = 0; at < 4; at++) {
    begin(`new-${at}`)
    await denyLast()
  }
  begin('new-4')
  await denyLast()
  expect(() => begin('new-5')).toThrow('Try again in 5 s.')
  for (const standing of ['document', 'let in'] as const) begin(standing, standing)
  clock.pass(5000)
  begin('new-5')
})
