import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import { Refusal } from '../support/bridge.ts'
import { anItem, aView } from '../support/samples.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)
afterEach(() => void vi.useRealTimers())

describe('keys', () => {
  test('a secret is covered until Reveal, and copied without coming to the window', async () => {
    const bridge = core({ 'items.reveal': () => 'a-secret-value', 'items.copy': () => null })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await screen.findByRole('complementary', { name: 'Details' })
    expect(document.body.textContent).not.toContain('a-secret-value')
    await user.click(button('Copy key'))
    await screen.findByText('Key copied')
    expect(document.body.textContent).not.toContain('a-secret-value')
    await user.click(button('Reveal key'))
    expect(await screen.findByText('a-secret-value')).toBeTruthy()
    expect(inputOf(bridge, 'items.reveal')).toEqual({ id: 'itm_github', field: 'secret' })
    await user.click(button('Hide key'))
    expect(screen.queryByText('a-secret-value')).toBeNull()
  })

  test('a revealed secret is covered again after 30 seconds', async () => {
    show(<KeysPage />, core({ 'items.reveal': () => 'a-secret-value' }), '/keys/itm_github')
    const reveal = await screen.findByRole('button', { name: 'Reveal key' })
    vi.useFakeTimers()
    fireEvent.click(reveal)
    await act(() => vi.advanceTimersByTimeAsync(100))
    expect(screen.queryByText('a-secret-value')).toBeTruthy()
    await act(() => vi.advanceTimersByTimeAsync(29_000))
    expect(screen.queryByText('a-secret-value')).toBeTruthy()
    await act(() => vi.advanceTimersByTimeAsync(1_500))
    expect(screen.queryByText('a-secret-value')).toBeNull()
  })

  test('adding one checks each field before anything is sent and puts the focus where it is wrong', async () => {
    const bridge = core({ 'items.add': () => anItem({ id: 'itm_new', name: 'Garden' }) })
    const user = show(<KeysPage />, bridge, '/keys/new')
    const form = within(await screen.findByRole('dialog'))
    await user.click(form.getByRole('button', { name: 'Add key' }))
    expect(form.getByText('Give the item a name.')).toBeTruthy()
    expect(form.getByText('The secret is empty.')).toBeTruthy()
    await waitFor(() => expect(document.activeElement).toBe(form.getByLabelText('Name')))
    await user.keyboard('Garden')
    await user.type(form.getByLabelText('Key'), 's3cret')
    await user.type(form.getByLabelText('May be sent to'), 'https://API.github.com/repos{Enter}bad_host{Enter}')
    expect(form.getByText(/Write a host name such as api.github.com/)).toBeTruthy()
    await user.clear(form.getByLabelText('May be sent to'))
    await user.type(form.getByLabelText('May be sent to'), '*.example.com')
    await user.click(form.getByRole('button', { name: 'Add key' }))
    await waitFor(() => expect(inputOf(bridge, 'items.add')).toBeTruthy())
    expect(inputOf(bridge, 'items.add')).toMatchObject({
      kind: 'api-key',
      name: 'Garden',
      hosts: ['api.github.com', '*.example.com'],
      userName: '',
      secret: 's3cret',
      notes: '',
    })
  })

  test('an edit sends what was changed and nothing else: the secret and the sealed notes stay as they are', async () => {
    const bridge = core({ 'items.edit': () => anItem() })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Edit' }))
    await user.click(await screen.findByRole('button', { name: 'Save changes' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(inputOf(bridge, 'items.edit')).toBeUndefined()
    await user.click(button('Edit'))
    await user.type(await screen.findByLabelText('Name'), ' of May')
    await user.click(button('Save changes'))
    await waitFor(() => expect(inputOf(bridge, 'items.edit')).toBeTruthy())
    expect(inputOf(bridge, 'items.edit')).toEqual({ id: 'itm_github', patch: { name: 'GitHub token of May' } })
  })

  test('what holds nothing is not covered as if it did, and notes are written without opening any', async () => {
    const bridge = core({ 'items.get': () => aView({ sealed: [] }), 'items.edit': () => anItem() })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await waitFor(() => expect(button('Edit').getAttribute('aria-disabled')).toBeNull())
    expect(screen.queryByLabelText('Covered', { selector: 'span' })).toBeNull()
    await user.click(button('Edit'))
    await user.type(await screen.findByLabelText(/^Notes/), 'Renew in May')
    await user.click(button('Save changes'))
    await waitFor(() => expect(inputOf(bridge, 'items.edit')).toBeTruthy())
    expect(inputOf(bridge, 'items.edit')).toEqual({ id: 'itm_github', patch: { notes: 'Renew in May' } })
    expect(inputOf(bridge, 'items.reveal')).toBeUndefined()
  })

  test('removing one says for how long it can come back, and the safe answer is first', async () => {
    const bridge = core({ 'items.remove': () => null })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Remove…' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove “GitHub token”?' })
    expect(dialog.textContent).toContain('erased after 30 days')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep it'))
    await user.click(within(dialog).getByRole('button', { name: 'Remove key' }))
    await waitFor(() => expect(inputOf(bridge, 'items.remove')).toEqual({ id: 'itm_github' }))
  })

  test('500 keys make few rows, arrows walk them and Enter opens', async () => {
    const many = Array.from({ length: 500 }, (_, at) => anItem({ id: `itm_${at}`, name: `Key ${at}` }))
    const user = show(<KeysPage />, core({ 'items.list': () => many }), '/keys')
    expect((await screen.findAllByRole('option')).length).toBeLessThan(60)
    screen.getByRole('listbox', { name: 'Keys' }).focus()
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(await screen.findByRole('heading', { level: 2, name: 'Key 2' })).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('heading', { level: 2, name: 'Key 2' })).toBeNull()
  })

  test('an empty vault offers the first step; a broken one says why and can be tried again', async () => {
    show(<KeysPage />, core({ 'items.list': () => [] }), '/keys')
    expect(await screen.findByRole('heading', { name: 'No keys yet' })).toBeTruthy()
    let broken = true
    const bridge = core({
      'items.list': () => {
        if (broken)
          throw new Refusal({ code: 'damaged', message: 'The vault cannot be read.', hint: 'Restart Clawkeep.' })
        return [anItem()]
      },
    })
    const user = show(<KeysPage />, bridge, '/keys')
    expect((await screen.findByRole('alert')).textContent).toContain('Restart Clawkeep.')
    broken = false
    await user.click(button('Try again'))
    expect(await screen.findByText('GitHub token')).toBeTruthy()
  })
})
