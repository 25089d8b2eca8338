import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { AssistantsPage } from '../../../src/renderer/src/features/assistants/assistants-page.tsx'
import type { TaskView } from '../../../src/shared/models/task.ts'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anAssistant } from '../support/samples.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const waiting = { state: 'queued', characters: 0, startedAtMs: null } as const

beforeEach(giveRoom)

/** A task that an assistant works on. */
function aTask(more: Partial<TaskView> = {}): TaskView {
  return {
    id: 'tsk_tomatoes',
    clientId: 'key_claude',
    clientName: 'Claude Desktop',
    tool: 'openclaw_chat',
    assistantId: 'ast_garden',
    instance: 'garden',
    state: 'running',
    characters: 1204,
    problem: null,
    createdAtMs: Date.now() - 300_000,
    startedAtMs: Date.now() - 240_000,
    endedAtMs: null,
    ...more,
  }
}

test('says what tasks are where there are none', async () => {
  show(<AssistantsPage />, core(), '/assistants/tasks')
  expect(await screen.findByRole('heading', { name: 'No tasks' })).toBeTruthy()
})

test('a task is shown with how far it is, cancelled after a question, and then over', async () => {
  let all: TaskView[] = [aTask()]
  const bridge = core({
    'tasks.list': () => all,
    'tasks.cancel': () => {
      const problem = { message: 'The person cancelled this task in Clawkeep.', hint: null }
      const ended = aTask({ state: 'cancelled', problem, endedAtMs: Date.now() })
      all = [ended]
      return ended
    },
  })
  const user = show(<AssistantsPage />, bridge, '/assistants/tasks')
  await user.click(
    await screen.findByRole('option', { name: /Claude Desktop.*garden.*1,204 characters so far.*At work/ }),
  )
  all = [aTask({ characters: 2408 })]
  await screen.findByRole('option', { name: /2,408 characters so far/ })
  await user.click(button('Cancel task…'))
  expect(bridge.calls.some(({ route }) => route === 'tasks.cancel')).toBe(false)
  await user.click(button('Cancel task'))
  expect(inputOf(bridge, 'tasks.cancel')).toEqual({ id: 'tsk_tomatoes' })
  await screen.findByRole('option', { name: /Cancelled/ })
  const detail = screen.getByRole('complementary')
  expect(detail.textContent).toContain('The person cancelled this task in Clawkeep.')
  expect(within(detail).queryByRole('button', { name: 'Cancel task…' })).toBeNull()
})

test.each([
  ['stopped', 'garden is not running. The task waits until you start it, for a day at most.'],
  ['running', 'It begins when the tasks before it are done.'],
] as const)('why a task waits is said: its assistant is %s', async (state, words) => {
  const bridge = core({ 'tasks.list': () => [aTask(waiting)], 'assistants.list': () => [anAssistant({ state })] })
  show(<AssistantsPage />, bridge, '/assistants/tsk_tomatoes')
  await waitFor(async () => expect((await screen.findByRole('complementary')).textContent).toContain(words))
})

test('a task that was over before it could be cancelled is said so', async () => {
  const bridge = core({
    'tasks.list': () => [aTask()],
    'tasks.cancel': () => {
      throw new Refusal({ code: 'conflict', message: 'This task is over already.' })
    },
  })
  const user = show(<AssistantsPage />, bridge, '/assistants/tsk_tomatoes')
  await user.click(await screen.findByRole('button', { name: 'Cancel task…' }))
  await user.click(button('Cancel task'))
  expect((await screen.findByRole('alert')).textContent).toContain('This task is over already.')
})

test('what is under way stands first among 500, is counted, and can be searched', async () => {
  const over = { state: 'completed', endedAtMs: Date.now() } as const
  const many = Array.from({ length: 498 }, (_, at) => aTask({ id: `tsk_${at}`, clientName: `Script ${at}`, ...over }))
  const old = { createdAtMs: Date.now() - 86_400_000 }
  const bridge = core({
    'tasks.list': () => [aTask({ id: 'tsk_w', ...old, ...waiting }), aTask({ id: 'tsk_r', ...old }), ...many],
  })
  const user = show(<AssistantsPage />, bridge, '/assistants')
  await user.click(await screen.findByRole('tab', { name: 'Tasks 2' }))
  expect(await screen.findByText('500 tasks')).toBeTruthy()
  const [first, second] = screen.getAllByRole('option')
  expect([first?.textContent, second?.textContent]).toEqual([
    expect.stringContaining('At work'),
    expect.stringContaining('Waiting'),
  ])
  expect(screen.getAllByRole('option').length).toBeLessThan(60)
  await user.type(screen.getByRole('searchbox'), 'script 497')
  expect(await screen.findByText('1 task')).toBeTruthy()
})

test('a client’s own name is only ever text, with what hides in it', async () => {
  const bridge = core({ 'tasks.list': () => [aTask({ clientName: '<b>Cursor</b>\u202Egnp' })] })
  show(<AssistantsPage />, bridge, '/assistants/tsk_tomatoes')
  const detail = await screen.findByRole('complementary')
  expect(detail.textContent).toContain('<b>Cursor</b>⟨U+202E⟩gnp')
})

test('an assistant says what it has to do, and leads there', async () => {
  const tasks = [aTask(), aTask({ id: 'tsk_2', ...waiting }), aTask({ id: 'tsk_3', assistantId: 'ast_other' })]
  const user = show(<AssistantsPage />, core({ 'tasks.list': () => tasks }), '/assistants/ast_garden')
  await user.click(await screen.findByRole('link', { name: '1 at work, 1 waiting' }))
  expect(await screen.findByText('3 tasks')).toBeTruthy()
})
