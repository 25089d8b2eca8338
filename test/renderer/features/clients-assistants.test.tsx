import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AssistantsPage } from '../../../src/renderer/src/features/assistants/assistants-page.tsx'
import { ClientsPage } from '../../../src/renderer/src/features/clients/clients-page.tsx'
import { anApiKey, anAssistant, aStatus } from '../support/samples.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

test('a client’s key is shown once, with snippets that hold it', async () => {
  const secret = `oc_sk_${'0123456789ab'.repeat(4)}`
  const bridge = core({
    'keys.create': ({ name }) => ({ key: anApiKey({ id: 'key_new', name }), secret }),
    'clipboard.write': () => null,
  })
  const user = show(<ClientsPage />, bridge, '/clients/new')
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Cursor')
  await user.click(screen.getByRole('checkbox', { name: 'Ask to use your keys' }))
  await user.click(button('Make key'))
  expect(await screen.findByText(secret)).toBeTruthy()
  expect(inputOf(bridge, 'keys.create')).toEqual({
    name: 'Cursor',
    scopes: ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'],
    expiresInDays: null,
  })
  expect(screen.getByLabelText('Configuration for Any other program').textContent).toContain(`Bearer ${secret}`)
  await user.click(screen.getByRole('combobox', { name: 'Program' }))
  await user.click(await screen.findByRole('option', { name: 'Claude Code' }))
  expect(screen.getByLabelText('Line for Claude Code').textContent).toContain(`Bearer ${secret}"`)
  await user.click(button('Copy for Claude Code'))
  await waitFor(() => expect(inputOf(bridge, 'clipboard.write')).toEqual({ text: '{}', secret: false }))
  for (const name of ['Copy key', 'Copy the line for Claude Code']) {
    await user.click(button(name))
    await waitFor(() => {
      const { input } = bridge.calls.findLast(({ route }) => route === 'clipboard.write') ?? {}
      expect(input, name).toMatchObject({ text: expect.stringContaining(secret), secret: true })
    })
    await screen.findByText('It is taken off the clipboard after 2 minutes.')
    await user.click(button('Dismiss'))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Dismiss' })).toBeNull())
  }
  await user.keyboard('{Escape}')
  expect(screen.getByText(secret)).toBeTruthy()
  await user.click(button('I have saved the key'))
  await waitFor(() => expect(document.body.textContent).not.toContain(secret))
})

test('a dialog whose work cannot be called back stays until it is done, whatever is pressed', async () => {
  const { promise, resolve: made } = Promise.withResolvers<{ key: ReturnType<typeof anApiKey>; secret: string }>()
  const secret = `oc_sk_${'0123456789ab'.repeat(4)}`
  const bridge = core({ 'keys.create': () => promise })
  const user = show(<ClientsPage />, bridge, '/clients/new')
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Cursor{Enter}')
  await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'keys.create')).toBe(true))
  await user.click(button('Cancel'))
  await user.click(button('Close'))
  await user.keyboard('{Escape}')
  expect(screen.getByRole('dialog', { name: 'Make a key for a client' })).toBeTruthy()
  made({ key: anApiKey({ id: 'key_new', name: 'Cursor' }), secret })
  expect(await screen.findByText(secret)).toBeTruthy()
})

test('what was confirmed is not kept by closing the question', async () => {
  const { promise, resolve: revoked } = Promise.withResolvers<ReturnType<typeof anApiKey>>()
  const bridge = core({ 'keys.revoke': () => promise })
  const user = show(<ClientsPage />, bridge, `/clients/${anApiKey().id}`)
  await user.click(await screen.findByRole('button', { name: 'Revoke key…' }))
  await user.click(await screen.findByRole('button', { name: 'Revoke key' }))
  await user.click(button('Keep it'))
  await user.keyboard('{Escape}')
  expect(screen.getByRole('alertdialog')).toBeTruthy()
  revoked(anApiKey({ state: 'revoked', revokedAtMs: Date.now() }))
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
})

describe('assistants', () => {
  test('shows the state in words, what went wrong and what to do', async () => {
    const failed = anAssistant({
      state: 'failed',
      message: 'It ran out of memory (exit 137).',
      hint: 'Give it more memory.',
      memoryUsedMiB: null,
      startedAtMs: null,
      restarts: 5,
    })
    show(<AssistantsPage />, core({ 'assistants.list': () => [failed] }), '/assistants')
    const card = await screen.findByRole('article', { name: 'garden' })
    for (const words of ['Failed', 'It ran out of memory (exit 137).', 'Give it more memory.', 'restarted 5 times'])
      expect(card.textContent).toContain(words)
    expect(within(card).getByRole('button', { name: 'Start garden' })).toBeTruthy()
  })

  test('shows how far a pull is and lets it be cancelled', async () => {
    const pulling = anAssistant({
      state: 'preparing',
      message: 'Pulling the image',
      progress: 0.42,
      memoryUsedMiB: null,
      startedAtMs: null,
    })
    const bridge = core({ 'assistants.list': () => [pulling], 'assistants.stop': () => pulling })
    const user = show(<AssistantsPage />, bridge, '/assistants')
    expect((await screen.findByRole('progressbar', { name: 'Pulling the image' })).getAttribute('aria-valuenow')).toBe(
      '42',
    )
    await user.click(button('Cancel garden'))
    expect(inputOf(bridge, 'assistants.stop')).toEqual({ id: 'ast_garden' })
  })

  test('shows the log as text, without terminal colours, with what hides in it', async () => {
    show(<AssistantsPage />, core(), '/assistants/ast_garden')
    await waitFor(() => expect(screen.getByRole('log').textContent).toBe('listening\ngreen⟨U+202E⟩'))
  })

  test('an engine that does not run is said with a way to look again', async () => {
    const engine = { state: 'stopped' as const, version: null, message: 'Docker does not run.', hint: 'Start it.' }
    const bridge = core({ 'status.get': () => aStatus({ engine }), 'engine.check': () => engine })
    const user = show(<AssistantsPage />, bridge, '/assistants')
    expect((await screen.findByRole('alert')).textContent).toContain('Docker does not run.Start it.')
    await user.click(button('Look again'))
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'engine.check')).toBe(true))
  })
})
