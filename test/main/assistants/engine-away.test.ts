import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Assistant } from '../../../src/shared/models/assistant.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { type AssistantsHome, openAssistants } from '../../support/assistants.ts'
import { FakeEngine } from '../../support/fake-engine.ts'

const away = 'Docker does not answer.'
let engine: FakeEngine
let home: AssistantsHome
let id: string

beforeEach(async () => {
  engine = new FakeEngine()
  home = await openAssistants({ engine, timings: { engineRetryMs: 20, measureEveryMs: 1000, healthEveryMs: 1000 } })
  id = (await home.supervisor.create({ name: 'ada', image: 'any/image:1', memoryMiB: 256 })).id
  await home.supervisor.start(id)
})
afterEach(async () => {
  engine.up = true
  engine.interfere = () => undefined
  await home.cleanup()
})

const view = (): Assistant | undefined => home.supervisor.list()[0]
async function shows(facts: Partial<Assistant>): Promise<void> {
  await expect.poll(view, { timeout: 5000 }).toMatchObject(facts)
}
const container = (): string => engine.running[0] ?? ''

async function audited(kind: 'assistant.exit' | 'assistant.start'): Promise<ReadonlyArray<string | undefined>> {
  await home.audit.flush()
  return home.audit.list({ limit: 100, kinds: [kind] }).entries.map(({ code }) => code)
}

test('an engine that goes down ends its containers, answers the wait for them and then nothing: it is waited for, and the exit is the one it told', async () => {
  engine.up = false
  engine.end(container(), 143)
  await shows({ state: 'unhealthy', message: away })
  expect(await audited('assistant.exit')).toEqual([])
  engine.up = true
  await shows({ state: 'restarting', exitCode: 143 })
  expect(await audited('assistant.exit')).toEqual(['143'])
  await shows({ state: 'running', restarts: 1 })
  expect(engine.running).toHaveLength(1)
})

test('a restart that finds no engine is not counted and not audited: it waits for the engine', async () => {
  engine.end(container(), 1)
  await shows({ state: 'restarting' })
  const starts = (await audited('assistant.start')).length
  engine.up = false
  await shows({
    state: 'restarting',
    restarts: 0,
    exitCode: 1,
    message: 'Docker does not answer. ada is started again when Docker is back.',
    hint: 'Start it.',
  })
  // Ten looks for it, twice as many as the failures after which it would be given up.
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(view()).toMatchObject({ state: 'restarting', restarts: 0 })
  expect(await audited('assistant.start')).toHaveLength(starts)
  expect(await audited('assistant.exit')).toEqual(['1'])
  engine.up = true
  await shows({ state: 'running', restarts: 1, exitCode: null })
})

test('an engine that goes during a restart is not the assistant’s failure', async () => {
  engine.end(container(), 1)
  await shows({ state: 'restarting' })
  // The look before the attempt still finds it.
  engine.interfere = (call) => {
    if (call === 'create') engine.up = false
  }
  await shows({ state: 'restarting', message: expect.stringContaining('when Docker is back') as string })
  engine.interfere = () => undefined
  engine.up = true
  await shows({ state: 'running' })
  expect(await audited('assistant.exit')).toEqual(['1'])
})

test('a stop ends the wait for the engine', async () => {
  engine.end(container(), 1)
  await shows({ state: 'restarting' })
  engine.up = false
  await shows({ message: expect.stringContaining('when Docker is back') as string })
  expect(await home.supervisor.stop(id)).toMatchObject({ state: 'stopped', message: null })
  engine.up = true
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(view()?.state).toBe('stopped')
})

test('a start that fails for want of the engine says so, and not how the container before it ended', async () => {
  engine.interfere = (call) => {
    if (call === 'remove') throw new AppError('unavailable', away)
  }
  engine.end(container(), 3)
  await shows({ state: 'restarting' })
  engine.up = false
  await expect(home.supervisor.start(id)).rejects.toMatchObject({ message: away })
  expect(view()).toMatchObject({ state: 'failed', message: away, exitCode: null })
  expect(await audited('assistant.exit')).toEqual(['3'])
})
