import { screen, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import type { HealthResult, HealthView, ItemHealth } from '../../../src/shared/models/health.ts'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { anItem } from '../support/samples.ts'
import { giveRoom, show } from '../support/render.tsx'

beforeEach(giveRoom)

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const place = '/keys/health'

function aResult(found: ReadonlyArray<ItemHealth>, more: Partial<HealthResult> = {}): HealthResult {
  return { atMs: Date.now(), items: 3, found: [...found], breachList: null, useKnown: true, ...more }
}

function aFinding(more: Partial<ItemHealth> = {}): ItemHealth {
  return { id: 'itm_github', name: 'GitHub token', kind: 'api-key', revision: 2, findings: [{ what: 'weak' }], ...more }
}

const viewOf = (view: Partial<HealthView>) => ({
  'health.get': () => ({ running: null, result: null, listName: null, ...view }),
})

test('a check is started, tells how far it is, and is cancelled without a complaint', async () => {
  let view: HealthView = { running: null, result: null, listName: null }
  let end: (() => void) | null = null
  const bridge = core({
    'health.get': () => view,
    'health.check': () =>
      new Promise((_resolve, reject) => {
        view = { ...view, running: { step: 'secrets', done: 40, total: 120 } }
        end = () => reject(new Refusal({ code: 'cancelled', message: 'Cancelled. Nothing was changed.' }))
      }),
    'health.cancel': () => {
      view = { ...view, running: null }
      end?.()
      return null
    },
  })
  const user = show(<KeysPage />, bridge, place)
  await user.click(await screen.findByRole('button', { name: 'Check now' }))
  bridge.emit('health')
  expect(await screen.findByText('Looking at key 40 of 120')).toBeTruthy()
  expect(screen.getByText('33 %')).toBeTruthy()
  expect(inputOf(bridge, 'health.check')).toEqual({ breachList: null })
  await user.click(button('Cancel'))
  expect(await screen.findByText('Not checked yet')).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})

test('a list that is none is said in words, and the check can be tried again', async () => {
  const message = 'This is no list of breached passwords.'
  const bridge = core({
    ...viewOf({ listName: 'list.zip' }),
    'health.check': () => {
      throw new Refusal({ code: 'invalid', message, hint: 'Unpack it first.' })
    },
    'health.chooseList': () => ({ fileName: 'other.txt' }),
  })
  const user = show(<KeysPage />, bridge, place)
  expect(await screen.findByText('The next check compares with “list.zip”.')).toBeTruthy()
  await user.click(button('Check now'))
  expect((await screen.findByRole('alert')).textContent).toContain(message)
  expect(inputOf(bridge, 'health.check')).toEqual({ breachList: { kind: 'chosen' } })
  expect(button('Check now').getAttribute('aria-disabled')).toBeNull()
  await user.click(button('Choose another…'))
  expect(bridge.calls.filter(({ route }) => route === 'health.chooseList')).toHaveLength(1)
})

test('the tiles count keys and show just those; the most pressing stands first and says what to do', async () => {
  const old = { what: 'old', sinceMs: Date.UTC(2020, 1, 3) } as const
  const reused = { what: 'reused', group: 1, items: 2 } as const
  const found = [
    aFinding({ id: 'itm_a', name: 'Attic', findings: [old, { what: 'unused', days: 90 }] }),
    aFinding({ id: 'itm_b', name: 'Barn', findings: [{ what: 'breached', count: 1 }, reused] }),
    aFinding({ id: 'itm_c', name: 'Cellar', findings: [reused] }),
    aFinding({ id: 'itm_gone', name: 'Gone' }),
  ]
  const items = ['a', 'b', 'c'].map((letter) => anItem({ id: `itm_${letter}`, name: `Now ${letter}` }))
  const user = show(
    <KeysPage />,
    core({
      ...viewOf({ result: aResult(found, { breachList: { fileName: 'l', hash: 'NTLM' } }), listName: 'l' }),
      'items.list': () => items,
    }),
    place,
  )
  expect(await screen.findByText('Compared with “l” (NTLM).')).toBeTruthy()
  const rows = () => screen.getAllByRole('option').map(({ textContent }) => textContent?.slice(0, 5))
  expect(rows()).toEqual(['Now b', 'Now c', 'Now a'])
  expect(button('Weak 0').getAttribute('aria-disabled')).toBe('true')
  await user.click(button('Old 1'))
  expect(rows()).toEqual(['Now a'])
  await user.click(button('Old 1'))
  await user.type(screen.getByRole('searchbox'), 'reused')
  expect(rows()).toEqual(['Now b', 'Now c'])
  await user.click(screen.getByRole('option', { name: /Now b/ }))
  const details = within(screen.getByRole('complementary', { name: 'Details' }))
  expect(details.getByText('Seen 1 time in breaches.')).toBeTruthy()
  expect(details.getByText(/Change it where it is used, as soon as you can/)).toBeTruthy()
  await user.click(details.getByRole('link', { name: 'Now c' }))
  expect(await screen.findByRole('heading', { name: 'Now c' })).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Open the key' }).getAttribute('href')).toContain('/keys/itm_c')
})

test('a key that was changed since is said to be, and nothing found is said as well', async () => {
  const changed = { ...viewOf({ result: aResult([aFinding({ revision: 1 })], { useKnown: false }) }) }
  show(<KeysPage />, core(changed), place)
  expect((await screen.findByRole('option')).textContent).toContain('Changed since; check again')
  expect(screen.getByText(/What is unused will be known when the audit log reaches back 90 days/)).toBeTruthy()
  expect(button(/^Unused not known$/)).toBeTruthy()
})

test('500 findings make few rows, a vault in order is told so, and an empty one has nothing to check', async () => {
  const many = Array.from({ length: 500 }, (_, at) => aFinding({ id: `itm_${at}`, name: `Key ${at}` }))
  const items = many.map(({ id, name }) => anItem({ id, name }))
  const first = core({ ...viewOf({ result: aResult(many, { items: 500 }) }), 'items.list': () => items })
  show(<KeysPage />, first, place)
  expect(await screen.findByRole('button', { name: 'Weak 500' })).toBeTruthy()
  expect(screen.getAllByRole('option').length).toBeLessThan(60)
  show(<KeysPage />, core(viewOf({ result: aResult([]) })), place)
  expect(await screen.findByText('All is well')).toBeTruthy()
  show(<KeysPage />, core({ 'items.list': () => [] }), place)
  expect(await screen.findByText('Nothing to look after yet')).toBeTruthy()
})
