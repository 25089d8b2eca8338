import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import { PasswordAgain } from '../../../src/renderer/src/layout/password-again.tsx'
import type { ItemView, TotpCode } from '../../../src/shared/models/item.ts'
import { Refusal } from '../support/bridge.ts'
import { anItem, aView } from '../support/samples.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const fill = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label, { selector: 'input, textarea' }), { target: { value } })
const submit = () => fireEvent.submit(screen.getByRole('dialog').querySelector('form') as HTMLFormElement)

beforeEach(giveRoom)
afterEach(() => void vi.useRealTimers())

/** An item with two own fields, one of them hidden. */
function withFields(more: Partial<ItemView> = {}): ItemView {
  const fields = [
    { id: 'fld_a', name: 'Branch', hidden: false, value: 'Main street' },
    { id: 'fld_b', name: 'PIN', hidden: true, value: null },
  ]
  return aView({ kind: 'note', hosts: [], fields, ...more })
}

async function openEdit(view: ItemView, more: Parameters<typeof core>[0] = {}) {
  const bridge = core({ 'items.list': () => [view], 'items.get': () => view, 'items.edit': () => view, ...more })
  const user = show(<KeysPage />, bridge, `/keys/${view.id}`)
  await user.click(await screen.findByRole('button', { name: 'Edit' }))
  await screen.findByRole('dialog')
  return { bridge, user }
}

test('each kind sends what it has, and nothing that was typed for another', async () => {
  const typed = { Key: 'sk-1', Password: 'tomato', Seed: 'GEZDGNBV', 'Private key': '-----BEGIN', Note: 'left 12' }
  const nothing = { secret: '', totp: '', notes: '', userName: '', hosts: [] }
  const kinds: ReadonlyArray<[RegExp, ReadonlyArray<keyof typeof typed>, object]> = [
    [/^API key/, ['Key'], { ...nothing, kind: 'api-key', secret: 'sk-1' }],
    [/^Login/, ['Password'], { ...nothing, kind: 'login', secret: 'tomato' }],
    [/^Secure note/, ['Note'], { ...nothing, kind: 'note', notes: 'left 12' }],
    [/^One-time codes/, ['Seed'], { ...nothing, kind: 'totp', totp: 'GEZDGNBV' }],
    [/^SSH key/, [], { ...nothing, kind: 'ssh-key' }],
  ]
  for (const [kind, labels, sent] of kinds) {
    const bridge = core({ 'items.add': () => anItem({ id: 'itm_new' }) })
    show(<KeysPage />, bridge, '/keys/new')
    await screen.findByRole('dialog')
    // Typed before the person sees that it is another kind.
    fill('Key', 'of-another-kind')
    fireEvent.click(screen.getByRole('radio', { name: kind }))
    fill('Name', 'Garden')
    for (const label of labels) fill(label, typed[label])
    submit()
    await waitFor(() => expect(inputOf(bridge, 'items.add')).toBeTruthy())
    expect(inputOf(bridge, 'items.add')).toMatchObject({ ...sent, name: 'Garden' })
  }
})

test('a private key that is pasted keeps its lines; whose codes they are is read from the address', async () => {
  const bridge = core({ 'items.add': () => anItem({ id: 'itm_new' }) })
  show(<KeysPage />, bridge, '/keys/new')
  await screen.findByRole('dialog')
  fireEvent.click(screen.getByRole('radio', { name: /^SSH key/ }))
  fireEvent.click(screen.getByRole('radio', { name: /^Paste one/ }))
  fill('Name', 'Server')
  fill('Private key', '-----BEGIN\nlines\n-----END')
  submit()
  await waitFor(() => expect(inputOf(bridge, 'items.add')).toMatchObject({ secret: '-----BEGIN\nlines\n-----END' }))

  show(<KeysPage />, core(), '/keys/new')
  await screen.findByRole('dialog')
  fireEvent.click(screen.getByRole('radio', { name: /^One-time codes/ }))
  fill('Seed', 'otpauth://totp/Bank:ada%40example.com?secret=GEZDGNBV&issuer=Bank')
  expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('Bank')
  expect((screen.getByLabelText(/^Account/) as HTMLInputElement).value).toBe('ada@example.com')
})

test('own fields are put in order and renamed while a hidden one stays sealed', async () => {
  const { bridge, user } = await openEdit(withFields())
  expect(screen.getByText('Sealed, and stays as it is.')).toBeTruthy()
  await user.click(button('Move field 2 up'))
  fill('Name of field 1', 'PIN of the card')
  submit()
  await waitFor(() => expect(inputOf(bridge, 'items.edit')).toBeTruthy())
  expect(inputOf(bridge, 'items.edit')).toEqual({
    id: 'itm_github',
    patch: {
      fields: [
        { id: 'fld_b', name: 'PIN of the card', hidden: true },
        { id: 'fld_a', name: 'Branch', hidden: false, value: 'Main street' },
      ],
    },
  })
  expect(inputOf(bridge, 'items.reveal')).toBeUndefined()
})

test('a hidden field is revealed before it can be made plain, and stays hidden when that is refused', async () => {
  let refuse = true
  const { bridge, user } = await openEdit(withFields(), {
    'items.reveal': () => {
      if (refuse) throw new Refusal({ code: 'throttled', message: 'Too many secrets were opened.' })
      return '4711'
    },
  })
  await user.click(button('Hidden field 2: show it'))
  expect(await screen.findByText('Too many secrets were opened.')).toBeTruthy()
  expect(button('Hidden field 2: show it')).toBeTruthy()
  refuse = false
  await user.click(button('Hidden field 2: show it'))
  await screen.findByRole('button', { name: 'Plain field 2: hide it' })
  expect(inputOf(bridge, 'items.reveal')).toEqual({ id: 'itm_github', field: 'field:fld_b' })
  submit()
  await waitFor(() =>
    expect(inputOf(bridge, 'items.edit')).toMatchObject({ patch: { fields: [{}, { hidden: false, value: '4711' }] } }),
  )
})

test('a field without a name is pointed out in its row, with the row in sight', async () => {
  const bridge = core({ 'items.edit': () => anItem() })
  const user = show(<KeysPage />, bridge, '/keys/itm_github')
  await user.click(await screen.findByRole('button', { name: 'Edit' }))
  const more = await screen.findByRole('button', { name: 'Own fields, tags, dates' })
  expect(more.getAttribute('aria-expanded')).toBe('false')
  await user.click(more)
  await user.click(button('Add a field'))
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Name of field 1')))
  await user.click(more)
  submit()
  expect((await screen.findByText('Give the field a name.')).closest('li')).toBeTruthy()
  expect(more.getAttribute('aria-expanded')).toBe('true')
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Name of field 1')))
  expect(inputOf(bridge, 'items.edit')).toBeUndefined()
})

test('tags are typed or taken from those there are, and a day is kept so that it is the same in every zone', async () => {
  const other = anItem({ id: 'itm_other', name: 'Other', tags: ['home', 'work'] })
  const { bridge, user } = await openEdit(withFields({ tags: ['home'], fields: [] }), {
    'items.list': () => [withFields({ tags: ['home'], fields: [] }), other],
  })
  // Half typed: the offered one takes its place.
  await user.type(screen.getByLabelText(/^Tags(?! you)/), 'wo')
  await user.click(button('Add tag work'))
  expect(screen.queryByRole('button', { name: 'Remove wo' })).toBeNull()
  await user.type(screen.getByLabelText(/^Tags/), 'garden,')
  fill(/^Expires/, '2027-01-31')
  await user.click(screen.getByRole('checkbox', { name: 'Favourite' }))
  submit()
  await waitFor(() => expect(inputOf(bridge, 'items.edit')).toBeTruthy())
  expect(inputOf(bridge, 'items.edit')).toEqual({
    id: 'itm_github',
    patch: { tags: ['home', 'work', 'garden'], favourite: true, expiresAtMs: Date.UTC(2027, 0, 31, 12) },
  })
})

test('a code is covered until it is asked for, renews itself, and is covered again without asking for the password', async () => {
  const codes = ['111222', '333444']
  const bridge = core({
    'items.list': () => [anItem({ kind: 'totp', hasTotp: true, hosts: [] })],
    'items.code': (): TotpCode => {
      const code = codes.shift()
      if (code === undefined) throw new Refusal({ code: 'password_needed', message: 'Type the vault password again.' })
      return { code, periodSeconds: 30, validUntilMs: Date.now() + 10_000, secondsLeft: 10 }
    },
    'items.copy': () => null,
  })
  const page = (
    <>
      <KeysPage />
      <PasswordAgain />
    </>
  )
  show(page, bridge, '/keys/itm_github')
  const reveal = await screen.findByRole('button', { name: 'Show code' })
  fireEvent.click(button('Copy code'))
  await screen.findByText('Code copied')
  expect(inputOf(bridge, 'items.copy')).toEqual({ id: 'itm_github', field: 'code' })
  expect(inputOf(bridge, 'items.code')).toBeUndefined()
  vi.useFakeTimers()
  fireEvent.click(reveal)
  await act(() => vi.advanceTimersByTimeAsync(100))
  expect(screen.getByText('111 222')).toBeTruthy()
  expect(screen.getByRole('timer').textContent).toBe('10 s left')
  expect(screen.getByRole('timer').getAttribute('aria-live')).toBe('off')
  await act(() => vi.advanceTimersByTimeAsync(7_000))
  expect(screen.getByRole('timer').textContent).toBe('3 s left')
  await act(() => vi.advanceTimersByTimeAsync(4_000))
  expect(screen.getByText('333 444')).toBeTruthy()
  await act(() => vi.advanceTimersByTimeAsync(11_000))
  expect(screen.queryByRole('timer')).toBeNull()
  expect(screen.getByText('Type the vault password again.')).toBeTruthy()
  expect(screen.queryByRole('dialog', { name: 'Type the vault password' })).toBeNull()
  // Asked for by the person it is another thing.
  fireEvent.click(button('Show code'))
  await act(() => vi.advanceTimersByTimeAsync(100))
  expect(screen.getByRole('dialog', { name: 'Type the vault password' })).toBeTruthy()
})

test('the seed is revealed by an act of its own, and the codes of a login are taken away only when it is saved', async () => {
  const login = aView({ kind: 'login', hasTotp: true })
  const { bridge, user } = await openEdit(login, { 'items.reveal': () => 'otpauth://totp/x?secret=SEED' })
  await user.click(button('Remove the one-time codes'))
  await user.click(button('Keep them'))
  await user.click(button('Remove the one-time codes'))
  submit()
  await waitFor(() => expect(inputOf(bridge, 'items.edit')).toEqual({ id: 'itm_github', patch: { totp: '' } }))
  await user.click(button('Reveal seed of the codes'))
  expect(await screen.findByText(/secret=SEED/)).toBeTruthy()
  expect(inputOf(bridge, 'items.reveal')).toEqual({ id: 'itm_github', field: 'totp' })
})

test('the star puts an item first; kind and tag narrow the list down, and only what tells items apart is offered', async () => {
  const items = [
    anItem({ id: 'itm_a', name: 'Apple', tags: ['fruit'] }),
    anItem({ id: 'itm_b', name: 'Bank', kind: 'login', favourite: true }),
    anItem({ id: 'itm_c', name: 'Cellar', kind: 'note', tags: ['home'] }),
  ]
  const bridge = core({ 'items.list': () => items, 'items.edit': () => anItem() })
  const user = show(<KeysPage />, bridge, '/keys/itm_a')
  await waitFor(() => expect(screen.getAllByRole('option').map(nameIn)).toEqual(['Bank', 'Apple', 'Cellar']))
  await user.click(button('Favourite'))
  expect(inputOf(bridge, 'items.edit')).toEqual({ id: 'itm_a', patch: { favourite: true } })
  await user.click(screen.getByRole('combobox', { name: 'Show' }))
  expect(screen.getAllByRole('option').map(nameIn)).not.toContain('SSH keys')
  await user.click(screen.getByRole('option', { name: 'Secure notes' }))
  const list = within(screen.getByRole('listbox', { name: 'Keys' }))
  await waitFor(() => expect(list.getAllByRole('option').map(nameIn)).toEqual(['Cellar']))
  await user.click(screen.getByRole('combobox', { name: 'Tag' }))
  await user.click(screen.getByRole('option', { name: 'fruit' }))
  expect(await screen.findByText('No key is of what was chosen above.')).toBeTruthy()

  show(<KeysPage />, core(), '/keys')
  await screen.findByRole('option')
  expect(screen.queryByRole('combobox')).toBeNull()
})

/** The first words of a row or a choice that are not those of a picture. */
function nameIn(option: HTMLElement): string {
  return option.querySelector('.font-medium')?.textContent ?? option.textContent
}
