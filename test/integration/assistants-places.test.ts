import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type AssistantsHome, openAssistants, testImage } from '../support/assistants.ts'
import { docker, inspect } from '../support/docker-api.ts'
import { type ImageRegistry, serveImage } from '../support/image-registry.ts'

const timings = { measureEveryMs: 100, healthEveryMs: 100, demoReadyMs: 20_000, readyMs: 20_000 }

describe('an image that is not there yet', () => {
  let home: AssistantsHome
  let registry: ImageRegistry

  beforeAll(async () => {
    home = await openAssistants({ timings })
    const image = await testImage('misbehaving')
    registry = await serveImage(image, 'gardener/assistant')
    // Else the engine would find every layer on its own disk.
    await docker('DELETE', `/images/${image}`)
  })
  afterAll(async () => {
    await home?.cleanup()
    await docker('DELETE', `/images/${registry.reference}`).catch(() => undefined)
    await registry?.close()
  })

  test('is pulled from its registry, with how far it is, and then runs sealed like any other', async () => {
    const { supervisor, testVault } = home
    const { id } = await supervisor.create({ name: 'pulled', image: registry.reference, memoryMiB: 256 })
    const seen: Assistant[] = []
    const stopWatching = testVault.events.on((topic) => {
      const now = supervisor.list().find((one) => one.id === id)
      if (topic === 'assistants' && now !== undefined) seen.push(now)
    })
    await supervisor.start(id)
    await expect.poll(() => supervisor.list()[0]?.state, { timeout: 60_000 }).toBe('running')
    stopWatching()

    const shares = seen.flatMap(({ state, progress }) => (state === 'preparing' && progress !== null ? [progress] : []))
    expect(shares.length).toBeGreaterThan(3)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(seen.find(({ progress }) => progress !== null)?.message).toBe(`Pulling ${registry.reference}.`)
    expect(registry.fetched.length).toBeGreaterThanOrEqual(2)
    const { Config, HostConfig } = await inspect(supervisor.list()[0]?.containerId ?? '')
    expect([Config.User, HostConfig]).toMatchObject(['1000:1000', { ReadonlyRootfs: true, CapDrop: ['ALL'] }])
  })

  test('is not fetched again once it is there', async () => {
    const { supervisor } = home
    const before = registry.fetched.length
    const { id } = supervisor.list()[0] ?? { id: '' }
    await supervisor.restart(id)
    await expect.poll(() => supervisor.list()[0]?.state, { timeout: 60_000 }).toBe('running')
    expect(registry.fetched.length).toBe(before)
  })
})

describe('an engine that is there but not for this user', () => {
  test('is told apart from one that is absent or stopped, with what to do', async () => {
    const script = join(import.meta.dirname, '..', 'support', 'engine-as-nobody.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
    expect(JSON.parse(stdout)).toMatchObject({
      asRoot: { state: 'ready' },
      asNobody: {
        state: 'no_permission',
        version: null,
        message: 'You may not use Docker on this computer.',
        hint: 'Run: sudo usermod -aG docker $USER, then sign out and in again.',
      },
    })
  })
})
