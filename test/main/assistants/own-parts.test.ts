import { afterEach, beforeEach, expect, test } from 'vitest'
import { labels } from '../../../src/main/assistants/spec.ts'
import { type AssistantsHome, openAssistants } from '../../support/assistants.ts'
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
