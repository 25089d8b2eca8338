import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { homeOwnership } from '../../src/main/assistants/home-id.ts'
import { labels, volumeName } from '../../src/main/assistants/spec.ts'
import { type App, createApp } from '../../src/main/app.ts'
import { AppError } from '../../src/shared/app-error.ts'
import type { RouteInput, RouteName, RouteOutput } from '../../src/shared/ipc/contract.ts'
import { type OutsideWorld, startOutsideWorld } from '../../scripts/demo/outside-world.ts'
import { callTool, clawkeep, cliHome, cliPassword, requireEngine, type CliHome, type Serving } from '../support/cli.ts'
import { containersOf, docker } from '../support/docker-api.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { type SmallDisk, smallDisk } from '../support/small-disk.ts'
import { repoRoot } from '../support/spawn-core.ts'

const diskMiB = 3

describe('a core whose disk is full', () => {
  let disk: SmallDisk
  let at: CliHome
  let core: App
  let world: OutsideWorld
  let key: string

  beforeAll(async () => {
    disk = smallDisk(diskMiB)
    at = cliHome({ home: join(disk.folder, 'home') })
    world = await startOutsideWorld()
    await at.json(['init'])
    core = createApp({ home: at.home, version: 'test', resourcesDir: join(repoRoot, 'resources'), idleLock: false })
    await core.start({ port: 0 })
    await ask('vault.unlock', { password: cliPassword })
    await ask('items.add', {
      kind: 'api-key',
      name: 'kept',
      hosts: [`localhost:${world.port}`],
      secret: 'kept-secret',
    })
    const policy = await ask('policy.get', undefined)
    const network = [{ id: 'world', host: 'localhost', port: world.port, ca: world.ca }]
    await ask('policy.set', { policy: { ...policy, network } })
    key = (await ask('keys.create', { name: 'claude', scopes: ['secrets:use', 'secrets:list'] })).secret
  })
  afterAll(async () => {
    await core?.dispose()
    await world?.close()
    disk?.remove()
    at?.cleanup()
  })

  const request = (way: string): Promise<string> =>
    callTool(core.status().mcpUrl ?? '', key, 'http_request', {
      method: 'POST',
      url: `https://localhost:${world.port}/${way}`,
      headers: { authorization: 'Bearer {{secret:kept}}' },
      reason: 'Because the test wants it.',
    })

  /** As the window asks. */
  async function ask<R extends RouteName>(route: R, input: RouteInput<R>): Promise<RouteOutput<R>> {
    const answer = await core.router.call(route, input ?? null, { kind: 'window' })
    if (!answer.ok) throw new AppError(answer.error.code, answer.error.message, answer.error)
    return answer.value as RouteOutput<R>
  }

  async function question(): Promise<string> {
    await expect.poll(() => core.approvals.pendingCount, { timeout: 10_000 }).toBe(1)
    return (await ask('approvals.list', undefined)).find(({ state }) => state === 'pending')?.id ?? ''
  }

  test('says so, adds nothing, decides nothing, sends nothing, shows what is there, and goes on when there is space', async () => {
    const waiting = request('asked-before')
    const id = await question()
    const item = (await ask('items.list', undefined))[0]?.id ?? ''
    disk.fill()

    const acts: ReadonlyArray<() => Promise<unknown>> = [
      () => ask('items.add', { kind: 'api-key', name: 'lost', secret: 'x' }),
      () => ask('items.edit', { id: item, patch: { secret: 'lost' } }),
      () => ask('items.remove', { id: item }),
      () => ask('items.reveal', { id: item, field: 'secret' }),
      () => ask('keys.create', { name: 'lost', scopes: ['secrets:use'] }),
      () => ask('approvals.decide', { id, decision: { answer: 'allow' } }),
    ]
    for (const act of acts) expect([String(act), await codeOfPromise(act())]).toEqual([String(act), 'audit_failed'])
    const refused = await request('asked-when-full')
    expect(refused).toContain('audit_failed')
    expect(refused).toContain('The disk is full')
    expect(world.seen).toEqual([])
    expect((await ask('items.list', undefined)).map(({ name }) => name)).toEqual(['kept'])
    expect((await ask('approvals.get', { id })).state).toBe('pending')

    const added = await at.run(['item', 'add', '--kind', 'api-key', '--name', 'lost', '--value-file', at.passwordFile])
    expect(added).toMatchObject({ code: 1, stdout: '' })
    expect(added.stderr).toMatch(/^The disk is full: .* Nothing that was saved before is lost\.\nFree some space/)
    expect((await at.run(['status'])).stdout).toMatch(/\nAudit log: The audit log cannot be written.*The disk is full/)

    disk.empty()
    await ask('approvals.decide', { id, decision: { answer: 'allow' } })
    expect(await waiting).toContain('HTTP 201')
    expect(world.seen.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/asked-before', 'Bearer kept-secret'],
    ])
    await at.json(['item', 'add', '--kind', 'api-key', '--name', 'added', '--value-file', at.passwordFile])
    expect(await at.json(['status'])).toMatchObject({ auditProblem: null })
  })

  test('can still lock and end in order, says so when it is started full, and has lost nothing', async () => {
    disk.fill()
    expect(await at.run(['lock'])).toMatchObject({ code: 0, stdout: 'Locked.\n' })
    await core.dispose()
    // The end of the core has written its files back and made room.
    disk.fill()
    const full = await at.run(['item', 'list'])
    expect(full).toMatchObject({ code: 1, stdout: '' })
    expect(full.stderr).toContain('The disk is full')

    disk.empty()
    expect((await at.run(['item', 'show', 'kept', '--reveal'])).stdout).toContain('secret: kept-secret')
    expect((await at.run(['item', 'list'])).stdout).toContain('added')
    expect(await at.json(['audit', 'verify'])).toMatchObject({ ok: true, firstBad: null })
  })
})

test('a home on a disk that is full from the start cannot be made, and can be made in the same place later', async () => {
  const disk = smallDisk(diskMiB)
  const at = cliHome({ home: join(disk.folder, 'home') })
  try {
    disk.fill()
    const full = await at.run(['init'])
    expect(full).toMatchObject({ code: 1, stdout: '' })
    expect(full.stderr).toContain('The disk is full')
    const serving = await at.run(['serve', '--port', '0'], { password: false })
    expect(serving).toMatchObject({ code: 1, stdout: '' })
    expect(serving.stderr).toContain('The disk is full')
    disk.empty()
    await at.json(['init'])
    // What the first start writes beside the vault must not be left half written.
    disk.fill()
    const first = await at.serve(['--port', '0'], { password: false })
    expect(await first.stop()).toEqual({ code: 0, signal: null })
    disk.empty()
    const core = await at.serve()
    expect(core.ready.locked).toBe(false)
    const { id } = await at.call('assistants.create', { name: 'ada', image: 'demo', memoryMiB: 256 })
    expect(await at.call('assistants.start', { id })).toMatchObject({ state: 'running' })
    await at.call('assistants.remove', { id, withData: true })
    expect(await core.stop()).toEqual({ code: 0, signal: null })
    expect(core.printed.stderr).toBe('')
  } finally {
    disk.remove()
    at.cleanup()
  }
})

test('a home on a read-only disk says so for every command and is not changed', async () => {
  const disk = smallDisk(diskMiB)
  const at = cliHome({ home: join(disk.folder, 'home') })
  try {
    await at.json(['init'])
    disk.makeReadOnly()
    for (const args of [['item', 'list'], ['status'], ['serve', '--port', '0']]) {
      const run = await at.run(args)
      expect(run).toMatchObject({ code: 1, stdout: '' })
      expect(run.stderr).toMatch(
        /^The .* cannot be written: its disk or file is read-only\.\nMake the folder writable, or choose another/,
      )
    }
    const other = ['--home', join(disk.folder, 'other'), '--password-file', at.passwordFile]
    const nowhere = await clawkeep([...other, 'init'])
    expect(nowhere.stderr).toContain('read-only')
  } finally {
    disk.remove()
    at.cleanup()
  }
})

describe('a core with a running assistant', () => {
  const at: CliHome = cliHome()
  let core: Serving | undefined
  const ownContainers = () => containersOf(`${labels.owner}=${homeOwnership(at.home).owner}`)

  beforeAll(async () => {
    requireEngine()
    await at.json(['init'])
  })
  afterEach(() => core?.stop('SIGKILL'))
  afterAll(async () => {
    await at.run(['assistant', 'remove', 'ada', '--with-data'])
    at.cleanup()
  })

  test('killed with -9 leaves its container, which is gone soon after the next start, also while locked; the data stays', async () => {
    core = await at.serve()
    const { id } = await at.call('assistants.create', { name: 'ada', image: 'demo', memoryMiB: 256 })
    await at.call('assistants.start', { id })
    await core.stop('SIGKILL')
    expect(await ownContainers()).toHaveLength(1)

    core = await at.serve(['--port', '0'], { password: false })
    expect(core.ready.locked).toBe(true)
    await expect.poll(ownContainers, { timeout: 15_000 }).toEqual([])
    await docker('GET', `/volumes/${volumeName(homeOwnership(at.home).owner, 'ada')}`)
    expect(await at.call('assistants.list', undefined)).toMatchObject([{ name: 'ada', state: 'stopped' }])
    expect(await at.call('assistants.start', { id })).toMatchObject({ state: 'running' })
  })

  test('ended by SIGTERM, or by SIGHUP while an assistant is starting, leaves no container and no socket', async () => {
    core = await at.serve()
    const [assistant] = await at.call('assistants.list', undefined)
    await at.call('assistants.start', { id: assistant?.id ?? '' })
    expect(await ownContainers()).toHaveLength(1)
    expect(await core.stop()).toEqual({ code: 0, signal: null })
    expect(await ownContainers()).toEqual([])
    expect(readdirSync(at.home).toSorted()).toEqual(['audit.db', 'core.lock', 'home-id', 'vault.db'])

    core = await at.serve()
    const starting = codeOfPromise(
      at.call('assistants.start', { id: assistant?.id ?? '' }).catch((error: unknown) => error),
    )
    await expect
      .poll(async () => (await at.call('assistants.list', undefined))[0]?.state, { interval: 20, timeout: 15_000 })
      .not.toBe('stopped')
    expect(await core.stop('SIGHUP')).toEqual({ code: 0, signal: null })
    await starting
    expect(await ownContainers()).toEqual([])
  })
})
