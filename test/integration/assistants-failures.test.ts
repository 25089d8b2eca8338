import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ContainerEngine } from '../../src/main/assistants/engine.ts'
import { homeOwnership } from '../../src/main/assistants/home-id.ts'
import { openRuntimeDir } from '../../src/main/assistants/runtime-dir.ts'
import { containerName, labels, volumeName } from '../../src/main/assistants/spec.ts'
import { Supervisor } from '../../src/main/assistants/supervisor.ts'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type AssistantsHome, openAssistants, resourcesDir, say, testImage } from '../support/assistants.ts'
import { containersOf, docker, dockerJson, runInside } from '../support/docker-api.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { SocketProxy } from '../support/socket-proxy.ts'

const timings = { measureEveryMs: 100, healthEveryMs: 100, demoReadyMs: 20_000, readyMs: 20_000 }
const systemSocket = '/var/run/docker.sock'
let image: string
let home: AssistantsHome
let open: Array<() => Promise<void>> = []

beforeAll(async () => {
  home = await openAssistants({ timings })
  image = await testImage('misbehaving')
})
afterAll(() => home?.cleanup())
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
  open = []
})

async function started(name: string, memoryMiB = 256): Promise<Assistant> {
  const { id } = await home.supervisor.create({ name, image, memoryMiB })
  open.push(() => home.supervisor.remove(id, true))
  return home.supervisor.start(id)
}

const view = (id: string, of: AssistantsHome = home): Assistant | undefined =>
  of.supervisor.list().find((one) => one.id === id)

/** The order stands in the session key, and the connection may break with what it does. */
const order = (id: string, what: string): Promise<unknown> =>
  say(home.supervisor, id, 'do it', what).catch(() => undefined)

describe('an assistant that ends', () => {
  test('by using too much memory is explained, and started again', async () => {
    const { id } = await started('hungry', 128)
    await order(id, '/eat-memory')
    await expect.poll(() => view(id)?.state, { timeout: 15_000 }).toBe('restarting')
    expect(view(id)).toMatchObject({
      exitCode: 137,
      containerId: null,
      message: 'hungry used more than its 128 MiB of memory and was stopped (exit 137). It is started again in 1 s.',
      hint: expect.stringMatching(/^Raise the memory and start it again/) as string,
    })
    await expect
      .poll(() => view(id), { timeout: 15_000 })
      .toMatchObject({ state: 'running', restarts: 1, message: null })
    await home.audit.flush()
    const exits = home.audit
      .list({ limit: 100, kinds: ['assistant.exit'] })
      .entries.filter((entry) => entry.target === id)
    expect(exits.map((entry) => entry.code)).toEqual(['137 oom'])
  })

  test('again and again is given up after five times, with what it said last', async () => {
    const { id } = await started('crashing')
    for (let exits = 1; exits <= 5; exits += 1) {
      await expect.poll(() => view(id)?.state, { timeout: 20_000 }).toBe('running')
      await order(id, '/exit-3')
      await expect.poll(() => view(id)?.state, { timeout: 10_000 }).not.toBe('running')
    }
    await expect.poll(() => view(id)?.state).toBe('failed')
    expect(view(id)?.message).toBe(
      'crashing ended with exit code 3. This happened 5 times within 5 minutes, so it is not started again by itself.',
    )
    expect(view(id)?.hint).toContain('something went wrong inside')
    expect(await home.supervisor.logs(id, 10)).toContain('something went wrong inside')
    expect(await home.supervisor.start(id)).toMatchObject({ state: 'running', restarts: 0 })
  }, 60_000)

  test('because of its configuration is not tried again', async () => {
    const { id } = await started('misconfigured')
    await order(id, '/exit-78')
    await expect
      .poll(() => view(id), { timeout: 5000 })
      .toMatchObject({
        state: 'failed',
        exitCode: 78,
        message: 'misconfigured cannot use its configuration (exit 78).',
      })
  })

  test('before it was ever ready fails the start, which says why', async () => {
    const { id, containerId } = await started('short-lived')
    await runInside(containerId ?? '', `require('fs').writeFileSync('/home/node/crash-at-start', '')`)
    await home.supervisor.stop(id)
    await expect(home.supervisor.start(id)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'short-lived ended with exit code 5.',
    })
    expect(view(id)).toMatchObject({ state: 'failed', exitCode: 5, containerId: null })
    expect(await containersOf(`${labels.assistant}=${id}`)).toEqual([])
  })

  test('because someone removed its container is started again', async () => {
    const { id, containerId } = await started('removed')
    await docker('DELETE', `/containers/${containerId}?force=1`)
    await expect.poll(() => view(id)?.state, { timeout: 5000 }).not.toBe('running')
    await expect.poll(() => view(id)?.state, { timeout: 10_000 }).toBe('running')
  })
})

test('an assistant that does not answer its health checks is unhealthy until it does again', async () => {
  const { id } = await started('deaf')
  await order(id, '/go-deaf')
  await expect.poll(() => view(id)?.state, { timeout: 10_000 }).toBe('unhealthy')
  expect(view(id)?.message).toBe('deaf does not answer its health checks.')
  await order(id, '/hear-again')
  await expect.poll(() => view(id)?.state, { timeout: 10_000 }).toBe('running')
}, 60_000)

describe('what is in the way', () => {
  test('a name that is taken is a conflict, and so is a container of that name that is not ours, which is left alone', async () => {
    const { id, name } = await home.supervisor.create({ name: 'taken', image: 'demo', memoryMiB: 256 })
    open.push(() => home.supervisor.remove(id, true))
    expect(await codeOfPromise(home.supervisor.create({ name, image: 'demo', memoryMiB: 256 }))).toBe('conflict')
    const foreign = await dockerJson<{ Id: string }>('POST', `/containers/create?name=${containerName({ id, name })}`, {
      Image: image,
    })
    open.push(async () => void (await docker('DELETE', `/containers/${foreign.Id}`)))
    await expect(home.supervisor.start(id)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('docker rename') as string,
    })
    expect(view(id)?.state).toBe('failed')
    await docker('GET', `/containers/${foreign.Id}/json`)
  })

  test('a volume of the same name that is not ours is not used and not removed', async () => {
    const { id, name } = await home.supervisor.create({ name: 'volume', image: 'demo', memoryMiB: 256 })
    const volume = volumeName(homeOwnership(home.testVault.home).owner, name)
    await docker('POST', '/volumes/create', { Name: volume })
    expect(await codeOfPromise(home.supervisor.start(id))).toBe('conflict')
    expect(await codeOfPromise(home.supervisor.remove(id, true))).toBe('conflict')
    await docker('DELETE', `/volumes/${volume}`)
    await home.supervisor.remove(id, true)
  })

  test('an image that cannot be had fails with words, and starting again tries again', async () => {
    const { id } = await home.supervisor.create({ name: 'nowhere', image: '127.0.0.1:9/no/such:image', memoryMiB: 256 })
    open.push(() => home.supervisor.remove(id, true))
    for (const _ of [1, 2]) {
      await expect(home.supervisor.start(id)).rejects.toMatchObject({
        code: 'unavailable',
        message: 'The registry of 127.0.0.1:9/no/such:image cannot be reached.',
      })
      expect(view(id)).toMatchObject({
        state: 'failed',
        hint: expect.stringContaining('start the assistant again') as string,
      })
    }
  })

  test('a stop during the start ends it, and two operations at once take turns', async () => {
    const { id } = await home.supervisor.create({ name: 'hasty', image, memoryMiB: 256 })
    open.push(() => home.supervisor.remove(id, true))
    const starting = codeOfPromise(home.supervisor.start(id))
    await expect.poll(() => view(id)?.state).toBe('starting')
    const stopped = home.supervisor.stop(id)
    expect(await starting).toBe('cancelled')
    expect((await stopped).state).toBe('stopped')
    await Promise.all([home.supervisor.start(id), home.supervisor.start(id), home.supervisor.restart(id)])
    expect(view(id)?.state).toBe('running')
    expect(await containersOf(`${labels.assistant}=${id}`)).toHaveLength(1)
  })
})

describe('the engine', () => {
  test('away at first is said to be absent, is found without a restart, and is missed when it goes', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ck-engine-'))
    const path = join(dir, 'docker.sock')
    const proxy = new SocketProxy(path, systemSocket)
    const away = await openAssistants({
      timings,
      engine: new ContainerEngine({ env: { DOCKER_HOST: `unix://${path}` } }),
    })
    open.push(() => away.cleanup())
    const { id } = await away.supervisor.create({ name: 'patient', image, memoryMiB: 256 })
    expect((await away.supervisor.checkEngine()).state).toBe('absent')
    await expect(away.supervisor.start(id)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('Install Docker') as string,
    })
    expect(view(id, away)?.state).toBe('failed')

    await proxy.open()
    await expect.poll(() => away.supervisor.engineState().state, { timeout: 5000 }).toBe('ready')
    expect(await away.supervisor.start(id)).toMatchObject({ state: 'running' })

    await proxy.cut()
    await expect.poll(() => view(id, away)?.state, { timeout: 5000 }).toBe('unhealthy')
    expect(away.supervisor.engineState().state).toBe('absent')
    await proxy.open()
    await expect.poll(() => view(id, away)?.state, { timeout: 5000 }).toBe('running')

    await proxy.cut()
    expect(await codeOfPromise(away.supervisor.stop(id))).toBe('unavailable')
    expect(view(id, away)?.state).toBe('failed')
    await proxy.open()
    expect(await away.supervisor.start(id)).toMatchObject({ state: 'running' })
    expect(await containersOf(`${labels.assistant}=${id}`)).toHaveLength(1)
    open.push(() => proxy.cut())
    open.reverse()
  })

  test('whose socket is there and does not answer is stopped, and on another machine is not supported', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ck-engine-')), 'docker.sock')
    // It takes connections and ends them, like an engine that is coming up or going down.
    const stopped = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => stopped.listen(path, resolve))
    const states = []
    for (const DOCKER_HOST of [`unix://${path}`, 'tcp://192.0.2.1:2375', 'tcp://127.0.0.1:9']) {
      states.push((await new ContainerEngine({ env: { DOCKER_HOST } }).check()).state)
    }
    stopped.close()
    expect(states).toEqual(['stopped', 'unsupported', 'stopped'])
    expect((await new ContainerEngine({ platform: 'darwin' }).check()).state).toBe('unsupported')
  })
})

describe('the end of the app', () => {
  test('in order leaves no container', async () => {
    const closing = await openAssistants({ timings })
    const made = await Promise.all(
      ['one', 'two'].map((name) => closing.supervisor.create({ name, image, memoryMiB: 256 })),
    )
    await Promise.all(made.map(({ id }) => closing.supervisor.start(id)))
    const { owner } = homeOwnership(closing.testVault.home)
    expect(await containersOf(`${labels.owner}=${owner}`)).toHaveLength(2)
    await closing.supervisor.dispose()
    expect(await containersOf(`${labels.owner}=${owner}`)).toEqual([])
    await closing.cleanup()
  })

  test('by kill -9 is made good at the next start: the container and the sockets go, the data stays', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'clawkeep-test-'))
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '..', 'support', 'supervise-until-killed.ts'), dir],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const containerId = await new Promise<string>((resolve) =>
      child.stdout.once('data', (bytes) => resolve(String(bytes).trim())),
    )
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const { owner } = homeOwnership(dir)
    expect((await containersOf(`${labels.owner}=${owner}`)).map(({ Id, State }) => [Id, State])).toEqual([
      [containerId, 'running'],
    ])

    const events = new ChangeEvents()
    const vault = Vault.open({ file: join(dir, 'vault.db'), clock: systemClock, events })
    const audit = AuditLog.open({ file: join(dir, 'audit.db'), clock: systemClock, vault, events })
    const supervisor = new Supervisor({
      records: vault.records,
      vault,
      audit,
      events,
      clock: systemClock,
      home: dir,
      resourcesDir,
      egress: () => Promise.reject(new Error('not here')),
    })
    await supervisor.reconcile()
    expect(await containersOf(`${labels.owner}=${owner}`)).toEqual([])
    expect(readdirSync(openRuntimeDir(dir))).toEqual([])
    expect(supervisor.list()).toEqual([])
    await vault.unlock('correct horse battery staple')
    expect(supervisor.list().map(({ name, state }) => [name, state])).toEqual([['orphan', 'stopped']])
    await docker('GET', `/volumes/${volumeName(owner, 'orphan')}`)
    await supervisor.remove(supervisor.list()[0]?.id ?? '', true)
    await supervisor.dispose()
    await audit.flush()
    audit.close()
    vault.close()
  }, 60_000)
})
