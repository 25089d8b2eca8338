import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ClientsPage } from '../../../src/renderer/src/features/clients/clients-page.tsx'
import type { Session } from '../../../src/shared/models/session.ts'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anApiKey, aSession } from '../support/samples.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

test('says that nobody is connected', async () => {
  show(<ClientsPage />, core({ 'sessions.list': () => [] }), '/clients/connected')
  expect(await screen.findByRole('heading', { name: 'Nobody is connected' })).toBeTruthy()
})

test('a connected program is shown, counted as it calls, disconnected after a question, and then gone', async () => {
  let all: Session[] = [aSession()]
  const bridge = core({
    'sessions.list': () => all,
    'sessions.end': () => {
      all = []
      return null
    },
  })
  const user = show(<ClientsPage />, bridge, '/clients/connected')
  await user.click(await screen.findByRole('option', { name: /claude-ai 0\.1\.0.*3 calls/ }))
  for (const words of ['Came with Claude Desktop', '2025-11-25', 'It holds a session.', 'openclaw_chat'])
    expect(screen.getByRole('complementary').textContent).toContain(words)
  all = [aSession({ calls: 4, lastTool: 'http_request' })]
  bridge.emit('sessions')
  await screen.findByRole('option', { name: /4 calls/ })
  expect(screen.getByRole('complementary').textContent).toContain('http_request')
  await user.click(button('Disconnect…'))
  expect(bridge.calls.some(({ route }) => route === 'sessions.end')).toBe(false)
  await user.click(button('Disconnect'))
  expect(inputOf(bridge, 'sessions.end')).toEqual({ id: 'con_claude' })
  expect(await screen.findByRole('heading', { name: 'Nobody is connected' })).toBeTruthy()
})

test('what a program says of itself is only ever text, with what hides in it', async () => {
  const program = { name: '<b>Claude</b>\u202Egnp', version: '1\u200B' }
  show(
    <ClientsPage />,
    core({ 'sessions.list': () => [aSession({ program, lastTool: '\u202Ex', clientName: '' })] }),
    '/clients/con_claude',
  )
  const detail = await screen.findByRole('complementary')
  expect(detail.textContent).toContain('<b>Claude</b>⟨U+202E⟩gnp')
  expect(detail.textContent).toContain('signed in elsewhere')
  // What an allow rule has to name it by.
  expect(screen.getByText(aSession().clientId).tagName).toBe('CODE')
})

test('500 programs are searched', async () => {
  const many = Array.from({ length: 500 }, (_, at) =>
    aSession({ id: `con_${at}`, program: { name: `program-${at}`, version: '1' } }),
  )
  const user = show(<ClientsPage />, core({ 'sessions.list': () => many }), '/clients/connected')
  expect(await screen.findByText('500 programs')).toBeTruthy()
  await user.type(screen.getByRole('searchbox'), 'program-499')
  expect(await screen.findByText('1 program')).toBeTruthy()
})

test('a program that left before it could be disconnected is said so', async () => {
  const bridge = core({
    'sessions.list': () => [aSession()],
    'sessions.end': () => {
      throw new Refusal({ code: 'not_found', message: 'This program is not connected any more.' })
    },
  })
  const user = show(<ClientsPage />, bridge, '/clients/con_claude')
  await user.click(await screen.findByRole('button', { name: 'Disconnect…' }))
  await user.click(button('Disconnect'))
  expect((await screen.findByRole('alert')).textContent).toContain('This program is not connected any more.')
})

test('a new key is shown once, and the old one with the time it has left', async () => {
  const secret = `oc_sk_${'0123456789ab'.repeat(4)}`
  const previous = { prefix: 'oc_sk_1a2b3c', untilMs: Date.now() + 900_000 }
  let key = anApiKey({ source: 'import' })
  const bridge = core({
    'keys.list': () => [key],
    'keys.rotate': () => {
      key = { ...key, prefix: secret.slice(0, 12), previous, rotatedAtMs: Date.now() }
      return { key, secret }
    },
  })
  const user = show(<ClientsPage />, bridge, '/clients/key_claude')
  expect(await screen.findByText('Imported from a file.')).toBeTruthy()
  await user.click(button('New key…'))
  await user.click(screen.getByRole('combobox', { name: 'The old key stops' }))
  await user.click(await screen.findByRole('option', { name: 'In 15 minutes' }))
  await user.click(button('Make new key'))
  expect(await screen.findByText(secret)).toBeTruthy()
  expect(inputOf(bridge, 'keys.rotate')).toEqual({ id: 'key_claude', overlapMs: 900_000 })
  await user.keyboard('{Escape}')
  expect(screen.getByText(secret)).toBeTruthy()
  await user.click(button('I have saved the key'))
  await waitFor(() => expect(document.body.textContent).not.toContain(secret))
  expect((await screen.findByText(/Still works for/)).textContent).toMatch(/1[45]:\d\d/)
})

test('a file of keys is looked into, imported, and deleted only when asked', async () => {
  const good = {
    keys: [
      { line: 2, name: 'CRM', prefix: 'oc_sk_aaaaaa', scopes: null, expiresAtMs: null },
      { line: 3, name: 'Bot', prefix: 'oc_sk_bbbbbb', scopes: ['secrets:list' as const], expiresAtMs: null },
    ],
    problems: [],
  }
  let preview: { keys: typeof good.keys; problems: Array<{ line: number; message: string }> } = {
    ...good,
    problems: [{ line: 4, message: 'has the same key as line 2.' }],
  }
  const bridge = core({
    'keys.chooseFile': () => ({ fileName: 'bridge.csv', preview }),
    'keys.importFile': () => good,
    'keys.removeFile': () => null,
  })
  const user = show(<ClientsPage />, bridge, '/clients/import')
  await user.click(await screen.findByRole('button', { name: 'Choose a file…' }))
  expect((await screen.findByRole('alert')).textContent).toContain('Line 4 has the same key as line 2.')
  expect(screen.queryByRole('button', { name: /^Import \d/ })).toBeNull()
  preview = good
  await user.click(button('Choose another…'))
  await user.click(await screen.findByRole('checkbox', { name: 'Talk to your assistants' }))
  await user.click(button('Import 2 keys'))
  expect(inputOf(bridge, 'keys.importFile')).toEqual({ scopes: ['openclaw:read'] })
  expect(await screen.findByRole('heading', { name: '2 keys imported' })).toBeTruthy()
  expect(bridge.calls.some(({ route }) => route === 'keys.removeFile')).toBe(false)
  await user.click(button('Delete the file'))
  await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'keys.removeFile')).toBe(true))
})
