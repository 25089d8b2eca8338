import { expect, test } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { routes, type RouteName } from '../../../src/shared/ipc/contract.ts'
import { Router, type Caller, type Handlers, type WithPassword } from '../../../src/main/ipc/router.ts'

const window: Caller = { kind: 'window' }

function makeRouter(some: Partial<Handlers>, withPassword: WithPassword = (_password, run) => run()) {
  const bugs: Array<string> = []
  const handlers = some as Handlers
  return { router: new Router({ handlers, withPassword, onBug: (route) => bugs.push(route) }), bugs }
}

test('a route that is not in the contract is refused, also the names every object has', async () => {
  const { router } = makeRouter({})
  for (const route of ['nothing', '', 'toString', '__proto__', 'constructor', 'hasOwnProperty']) {
    expect(await router.call(route, null, window)).toMatchObject({ ok: false, error: { code: 'not_found' } })
  }
})

test('input that does not fit the schema never reaches the handler and is not repeated in the answer', async () => {
  let ran = false
  const { router } = makeRouter({
    'items.reveal': () => {
      ran = true
      return ''
    },
  })
  const answer = await router.call('items.reveal', { id: 'x', field: 'hunter2-field', extra: 1 }, window)
  expect(answer).toMatchObject({ ok: false, error: { code: 'invalid' } })
  expect(JSON.stringify(answer)).not.toContain('hunter2')
  expect(ran).toBe(false)
})

test('what a handler answers beyond the output schema does not cross the border', async () => {
  const item = {
    id: 'itm_1',
    kind: 'login',
    name: 'a',
    hosts: [],
    userName: '',
    tags: [],
    favourite: false,
    hasTotp: false,
    publicKey: null,
    fingerprint: null,
    expiresAtMs: null,
    rotateByMs: null,
    due: null,
    files: 0,
    revision: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
  }
  const { router } = makeRouter({ 'items.list': () => [{ ...item, secret: 'leak' } as never] })
  expect(JSON.stringify(await router.call('items.list', null, window))).not.toContain('leak')
})

test('an unexpected error is shown as internal without its text, and reported', async () => {
  const { router, bugs } = makeRouter({
    'items.list': () => {
      throw new Error('secret value in a library message')
    },
  })
  const answer = await router.call('items.list', null, window)
  expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(JSON.stringify(answer)).not.toContain('library message')
  expect(bugs).toEqual(['items.list'])
})

const byDoor = (door: 'open' | 'password' | 'never'): Array<RouteName> =>
  (Object.keys(routes) as Array<RouteName>).filter((route) => routes[route].cli === door)

test.each(byDoor('password'))('the CLI cannot call %s without the vault password', async (route) => {
  const { router } = makeRouter({})
  const answer = await router.call(route, sampleInput(route), { kind: 'cli' })
  expect(answer).toMatchObject({ ok: false, error: { code: 'wrong_password' } })
})

test.each(byDoor('password'))('the CLI cannot call %s with a wrong vault password', async (route) => {
  const { router } = makeRouter({}, () => {
    throw new AppError('wrong_password', 'no')
  })
  const answer = await router.call(route, sampleInput(route), { kind: 'cli', password: 'wrong' })
  expect(answer).toMatchObject({ ok: false, error: { code: 'wrong_password' } })
})

test.each(byDoor('never'))('the CLI cannot call %s at all', async (route) => {
  const { router } = makeRouter({})
  for (const caller of [{ password: 'right' }, { isProven: true }] as const) {
    const answer = await router.call(route, sampleInput(route), { kind: 'cli', ...caller })
    expect(answer).toMatchObject({ ok: false, error: { code: 'refused' } })
  }
})

test('several calls can be made after one check of the password, and none before it', async () => {
  const checked: string[] = []
  const { router } = makeRouter({ 'keys.list': () => [] }, (password, run) => {
    checked.push(password)
    return run()
  })
  const call = () => router.call('keys.list', null, { kind: 'cli', isProven: true })
  expect(await router.withPassword('right', async () => [await call(), await call()])).toEqual([
    { ok: true, value: [] },
    { ok: true, value: [] },
  ])
  expect(checked).toEqual(['right'])
  for (const none of [undefined, ''])
    await expect(router.withPassword(none, call)).rejects.toMatchObject({ code: 'wrong_password' })
})

test('only calls that reveal or change nothing of value are open to the socket', () => {
  expect(byDoor('open').toSorted()).toEqual([
    'audit.verify',
    'connect.snippets',
    'core.makeWay',
    'core.stop',
    'engine.check',
    'settings.get',
    'status.get',
    'vault.create',
    'vault.lock',
    'vault.recover',
    'vault.restore',
    'vault.unlock',
  ])
})

/** Input that passes each route's schema, so that the refusal tested is the door's. */
function sampleInput(route: RouteName): unknown {
  const id = { id: 'x' }
  const consent = { program: 'cursor', digest: '0'.repeat(64) }
  const samples: Partial<Record<RouteName, unknown>> = {
    'vault.renewWords': { password: 'p' },
    'vault.changePassword': { password: 'p', newPassword: 'a new password' },
    'vault.removeWords': { password: 'p' },
    'vault.calibrate': { password: 'p' },
    'vault.backup': { file: null },
    'quickUnlock.turnOn': { password: 'p' },
    'kit.save': { words: 'w', paper: 'a4' },
    'kit.file': { words: 'w', paper: 'a4', path: '/x' },
    'vault.check': { rescue: false },
    'items.add': { kind: 'api-key', name: 'n', secret: 's' },
    'items.edit': { ...id, patch: {} },
    'items.reveal': { ...id, field: 'secret' },
    'items.copy': { ...id, field: 'secret' },
    'items.restoreVersion': { ...id, revision: 1 },
    'files.attach': { itemId: 'x', path: '/tmp/x' },
    'files.choose': { itemId: 'x' },
    'files.save': { ...id, path: '/tmp/x' },
    'vault.confirm': { password: 'p' },
    'import.preview': {},
    'import.take': {},
    'import.file': { path: '/x', keyFilePath: null, choices: {}, dryRun: true, shred: false },
    'export.write': { password: 'p', choices: { format: 'json' } },
    'export.file': { path: '/x', choices: { format: 'json' }, force: false },
    'health.check': { breachList: null },
    'keys.create': { name: 'n', scopes: ['openclaw:read'] },
    'keys.import': { text: 'x', scopes: ['openclaw:read'], dryRun: true },
    'keys.importFile': { scopes: ['openclaw:read'] },
    'connect.plan': { program: 'cursor', act: 'add' },
    'connect.add': consent,
    'connect.repair': consent,
    'connect.undo': consent,
    'connect.test': { program: 'cursor' },
    'approvals.decide': { ...id, decision: { answer: 'deny' } },
    'assistants.create': { name: 'n', image: 'demo' },
    'assistants.remove': { ...id, withData: false },
    'audit.list': {},
    'policy.set': { policy: { version: 1, default: 'ask', rules: [] } },
    'provider.set': { introspectionEndpoint: 'https://id.example/', clientId: 'c', clientSecret: 's' },
    'settings.set': {},
    'clipboard.write': { text: '' },
  }
  if (route in samples) return samples[route]
  return routes[route].input.safeParse(null).success ? null : id
}
