import { afterEach, beforeEach, expect, test } from 'vitest'
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
  await home.supervisor.start(id)
  engine.stopMs = 100
})
afterEach(() => home.cleanup())

/** A restart that has come as far as to stop the container, and how it will end. */
async function restarting(): Promise<{ readonly restarted: Promise<string> }> {
  const restarted = codeOfPromise(home.supervisor.restart(id))
  await expect.poll(() => home.supervisor.list()[0]?.state, { interval: 1 }).toBe('stopping')
  return { restarted }
}

test('an assistant that is removed while it is restarted does not come back where nobody sees it', async () => {
  const { restarted } = await restarting()
  await home.supervisor.remove(id, false)
  expect(await restarted).toBe('cancelled')
  expect(home.supervisor.list()).toEqual([])
  expect([...engine.containers]).toEqual([])
})

test('quitting during a restart leaves no container', async () => {
  const { restarted } = await restarting()
  await home.supervisor.dispose()
  expect(await restarted).toBe('cancelled')
  expect([...engine.containers]).toEqual([])
  for (const order of [home.supervisor.start(id), home.supervisor.restart(id)])
    expect(await codeOfPromise(order)).toBe('cancelled')
  expect([...engine.containers]).toEqual([])
})

test('a start or restart that waits for its turn when the assistant is removed does not start it', async () => {
  const stopped = home.supervisor.stop(id)
  const orders = [home.supervisor.start(id), home.supervisor.restart(id)].map(codeOfPromise)
  await home.supervisor.remove(id, false)
  await stopped
  expect(await Promise.all(orders)).toEqual(['cancelled', 'cancelled'])
  expect([...engine.containers]).toEqual([])
})

test('a stop that comes during a restart is what counts', async () => {
  const { restarted } = await restarting()
  expect(await home.supervisor.stop(id)).toMatchObject({ state: 'stopped' })
  expect(await restarted).toBe('cancelled')
  expect([...engine.containers]).toEqual([])
})

test('an assistant whose removal failed can be started again', async () => {
  engine.up = false
  expect(await codeOfPromise(home.supervisor.remove(id, true))).toBe('unavailable')
  engine.up = true
  expect(await home.supervisor.start(id)).toMatchObject({ state: 'running' })
  expect(engine.running).toHaveLength(1)
})

test('a restart is one stop and one start', async () => {
  const before = engine.running
  expect(await home.supervisor.restart(id)).toMatchObject({ state: 'running', restarts: 0 })
  expect(engine.running).toHaveLength(1)
  expect(engine.running).not.toEqual(before)
})
