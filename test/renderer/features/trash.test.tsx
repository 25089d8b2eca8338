import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import { TrashPage } from '../../../src/renderer/src/features/keys/trash-page.tsx'
import type { TrashedItem } from '../../../src/shared/models/item.ts'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anItem } from '../support/samples.ts'

const dayMs = 24 * 60 * 60_000
const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

function removed(more: Partial<TrashedItem> = {}): TrashedItem {
  const trashedAtMs = Date.now() - 3 * dayMs
  return {
    id: 'itm_old',
    kind: 'login',
    name: 'Old mail',
    trashedAtMs,
    erasedAtMs: trashedAtMs + 30 * dayMs,
    ...more,
  }
}

test('what was removed says until when it can come back, and comes back', async () => {
  let trash = [removed()]
  const bridge = core({
    'trash.list': () => trash,
    'trash.restore': () => {
      trash = []
      return anItem({ id: 'itm_old', name: 'Old mail' })
    },
  })
  const user = show(<TrashPage />, bridge, '/keys/trash')
  await user.click(await screen.findByRole('option', { name: /Old mail.*Removed 3 days ago/ }))
  expect(await screen.findByText('In 27 days')).toBeTruthy()
  await user.click(button('Restore'))
  await screen.findByText('Restored')
  expect(inputOf(bridge, 'trash.restore')).toEqual({ id: 'itm_old' })
  expect(await screen.findByRole('heading', { name: 'The trash is empty' })).toBeTruthy()
})

test('where its name is taken, another one is asked for', async () => {
  const bridge = core({
    'trash.list': () => [removed()],
    'trash.restore': ({ name }) => {
      if (name === undefined) throw new Refusal({ code: 'conflict', message: 'Another item has this name.' })
      return anItem({ id: 'itm_old', name })
    },
  })
  const user = show(<TrashPage />, bridge, '/keys/trash/itm_old')
  await user.click(await screen.findByRole('button', { name: 'Restore' }))
  const form = within(await screen.findByRole('dialog', { name: 'Restore under another name' }))
  const name = form.getByLabelText('New name')
  expect((name as HTMLInputElement).value).toBe('Old mail (restored)')
  await user.clear(name)
  await user.type(name, 'Older mail')
  await user.click(form.getByRole('button', { name: 'Restore' }))
  await screen.findByText('Restored')
  expect(bridge.calls.findLast(({ route }) => route === 'trash.restore')?.input).toEqual({
    id: 'itm_old',
    name: 'Older mail',
  })
})

test('erasing one and emptying the trash are asked about first, with what is lost', async () => {
  let trash = [removed(), removed({ id: 'itm_2', name: 'Second' }), removed({ id: 'itm_3', name: 'Third' })]
  const bridge = core({
    'trash.list': () => trash,
    'trash.erase': ({ id }) => {
      trash = trash.filter((item) => item.id !== id)
      return null
    },
    'trash.empty': () => {
      const erased = trash.length
      trash = []
      return { erased }
    },
  })
  const user = show(<TrashPage />, bridge, '/keys/trash/itm_old')
  await user.click(await screen.findByRole('button', { name: 'Erase for good…' }))
  const one = within(await screen.findByRole('alertdialog', { name: 'Erase “Old mail” for good?' }))
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep it'))
  expect(inputOf(bridge, 'trash.erase')).toBeUndefined()
  await user.click(one.getByRole('button', { name: 'Erase for good' }))
  await screen.findByText('Erased')
  await user.click(button('Empty trash…'))
  const all = within(await screen.findByRole('alertdialog', { name: 'Erase all 2 removed keys for good?' }))
  await user.click(all.getByRole('button', { name: 'Empty trash' }))
  expect(await screen.findByText('2 keys erased')).toBeTruthy()
  expect(await screen.findByRole('heading', { name: 'The trash is empty' })).toBeTruthy()
})

test('500 removed keys make few rows and are searched; a trash that cannot be read says why', async () => {
  const many = Array.from({ length: 500 }, (_, at) => removed({ id: `itm_${at}`, name: `Gone ${at}` }))
  const user = show(<TrashPage />, core({ 'trash.list': () => many }), '/keys/trash')
  expect((await screen.findAllByRole('option')).length).toBeLessThan(60)
  await user.type(screen.getByRole('searchbox'), 'gone 499')
  expect(screen.getAllByRole('option')).toHaveLength(1)
  const broken = core({
    'trash.list': () => {
      throw new Refusal({ code: 'unavailable', message: 'The disk reported an error.', hint: 'Check the disk.' })
    },
  })
  show(<TrashPage />, broken, '/keys/trash')
  expect((await screen.findByRole('alert')).textContent).toContain('Check the disk.')
})

test('after Remove the message offers to undo it', async () => {
  let trash: TrashedItem[] = []
  const bridge = core({
    'items.list': () => (trash.length === 0 ? [anItem()] : []),
    'trash.list': () => trash,
    'items.remove': ({ id }) => {
      trash = [removed({ id, name: 'GitHub token' })]
      return null
    },
    'trash.restore': () => {
      trash = []
      return anItem()
    },
  })
  const user = show(<KeysPage />, bridge, '/keys/itm_github')
  await user.click(await screen.findByRole('button', { name: 'Remove…' }))
  await user.click(await screen.findByRole('button', { name: 'Remove key' }))
  expect(await screen.findByRole('link', { name: 'Trash (1)' })).toBeTruthy()
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  await screen.findByText('Restored')
  bridge.emit('items')
  expect(await screen.findByRole('option', { name: /GitHub token/ })).toBeTruthy()
  expect(inputOf(bridge, 'trash.restore')).toEqual({ id: 'itm_github' })
})

test('what expired or is to be changed is counted above the list, and shown alone when asked', async () => {
  const nowMs = Date.now()
  const items = [
    anItem(),
    anItem({ id: 'itm_1', name: 'Worn token', due: 'expired', expiresAtMs: nowMs - dayMs }),
    anItem({ id: 'itm_2', name: 'Late key', due: 'rotate', rotateByMs: nowMs - dayMs }),
    anItem({ id: 'itm_3', name: 'Soon one', due: 'expires-soon', expiresAtMs: nowMs + dayMs }),
    anItem({ id: 'itm_4', name: 'Soon two', due: 'expires-soon', expiresAtMs: nowMs + 2 * dayMs }),
  ]
  const user = show(<KeysPage />, core({ 'items.list': () => items }), '/keys')
  const banner = await screen.findByText('1 key expired, 1 to rotate, 2 expire soon.')
  expect(banner.closest('[role=status]')).toBeTruthy()
  await user.click(button('Show them'))
  expect(screen.getAllByRole('option')).toHaveLength(4)
  await user.click(button('Show all'))
  expect(screen.getAllByRole('option')).toHaveLength(5)
})
