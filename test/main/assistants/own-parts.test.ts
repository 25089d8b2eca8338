import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { homeOwnership } from '../../../src/main/assistants/home-id.ts'
import { labels, volumeLabels, volumeName } from '../../../src/main/assistants/spec.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { type AssistantsHome, openAssistants } from '../../support/assistants.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { FakeEngine } from '../../support/fake-engine.ts'

let engine: FakeEngine
let home: AssistantsHome
let id: string

beforeEach(async () => {
  engine = new FakeEngine()
  home = await openAssistants({ engine })
  id = (await home.supervisor.create({ name: 'ada', image: 'any/image:1', memoryMiB: 256 })).id
})
afterEach(async () => {
  engine.interfere = () => undefined
  await home.cleanup()
})

/** A second core of this home that was killed: its container is still there, with these labels of its own. */
async function leaveContainer(changed: Record<string, string>): Promise<void> {
  await home.supervisor.start(id)
  const [left] = [...engine.containers.values()]
  if (left === undefined) throw new Error('no container')
  const { spec } = left
  await home.supervisor.stop(id)
  const other = await engine.createContainer({ ...spec, Labels: { ...spec.Labels, ...changed } })
  await engine.startContainer(other)
}

test('the container of a copy of this home is not touched: starting here says where it is', async () => {
  await leaveContainer({ [labels.home]: 'another place' })
  const running = engine.running
  await expect(home.supervisor.start(id)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('one is a copy of the other') as string,
    hint: expect.stringContaining('docker rm -f clawkeep-ada-') as string,
  })
  expect(engine.running).toEqual(running)
  for (const left of running) engine.containers.delete(left)
})

test('a container that a killed core of this home left is replaced', async () => {
  await leaveContainer({})
  const [left] = engine.running
  expect(await home.supervisor.start(id)).toMatchObject({ state: 'running' })
  expect(engine.running).toHaveLength(1)
  expect(engine.running).not.toContain(left)
})

describe('the data volume', () => {
  const belongsInside = (): ReadonlyArray<boolean> => [...engine.volumes.values()].map(({ owned }) => owned)

  test.each(['create', 'own'] as const)('of a first start that broke off (%s) is not left to root', async (broken) => {
    engine.interfere = (call) => {
      if (call === broken) throw new AppError('disk_full', 'Its disk is full.')
    }
    expect(await codeOfPromise(home.supervisor.start(id))).toBe('disk_full')
    expect([...engine.volumes, ...engine.containers]).toEqual([])
    engine.interfere = () => undefined
    await home.supervisor.start(id)
    expect(belongsInside()).toEqual([true])
  })

  test('that a killed core made and could not hand over is handed over at the next start, once', async () => {
    const { owner } = homeOwnership(home.testVault.home)
    await engine.createVolume(volumeName(owner, 'ada'), volumeLabels(owner, { id, name: 'ada' }))
    let handedOver = 0
    engine.interfere = (call) => {
      if (call === 'own') handedOver += 1
    }
    for (let starts = 0; starts < 3; starts += 1) {
      await home.supervisor.start(id)
      expect(belongsInside()).toEqual([true])
      await home.supervisor.stop(id)
    }
    expect(handedOver).toBe(1)
    // A new one in its place is another matter.
    engine.volumes.clear()
    await home.supervisor.start(id)
    expect(belongsInside()).toEqual([true])
  })

  test('with data in it stays when a start breaks off', async () => {
    await home.supervisor.start(id)
    await home.supervisor.stop(id)
    engine.interfere = (call) => {
      if (call === 'create') throw new AppError('disk_full', 'Its disk is full.')
    }
    expect(await codeOfPromise(home.supervisor.start(id))).toBe('disk_full')
    expect(belongsInside()).toEqual([true])
  })
})
