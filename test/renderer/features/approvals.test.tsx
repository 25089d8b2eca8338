import { act, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ApprovalsPage } from '../../../src/renderer/src/features/approvals/approvals-page.tsx'
import type { Approval } from '../../../src/shared/models/approval.ts'
import { createBridge, Refusal } from '../support/bridge.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aGrant, anApproval, anItem, aStatus } from '../support/samples.ts'

const guardMs = 500

function world(approvals: ReadonlyArray<Approval>) {
  const all = [...approvals]
  return createBridge({
    'status.get': () => aStatus({ pendingApprovals: all.length }),
    'approvals.list': () => all,
    'grants.list': () => [aGrant()],
    'items.list': () => [anItem()],
    'grants.revoke': () => null,
    'approvals.decide': ({ id, decision }) => {
      const at = all.findIndex((approval) => approval.id === id)
      const decided = {
        ...anApproval(all[at]),
        state: decision.answer === 'allow' ? ('allowed' as const) : ('denied' as const),
        decidedAtMs: Date.now(),
      }
      all[at] = decided
      return decided
    },
  })
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const deny = () => button('Deny')
const decisions = (bridge: ReturnType<typeof world>) =>
  bridge.calls.filter(({ route }) => route === 'approvals.decide').map(({ input }) => input)

async function armed(): Promise<void> {
  await waitFor(() => expect(deny().getAttribute('aria-disabled')).toBeNull())
}

beforeEach(giveRoom)
afterEach(() => vi.useRealTimers())

describe('the prompt', () => {
  test('says who wants what, exactly, and puts the focus on Deny', async () => {
    show(<ApprovalsPage />, world([anApproval()]))
    const card = await screen.findByRole('article', { name: /Claude Desktop wants to send a request with your secret/ })
    expect(document.activeElement).toBe(deny())
    const words = card.textContent ?? ''
    for (const part of [
      'POST',
      '/repos/ada/garden/issues',
      'header Authorization',
      'Water the tomatoes',
      'Authorization, Accept, Content-Type',
    ]) {
      expect(words, part).toContain(part)
    }
    expect(words).toContain('In the words of Claude Desktop, not checked by Clawkeep')
    expect(words).toContain('First use · Claude Desktop has not used')
    expect(words).toMatch(/expires in 4:3\d/)
  })

  test('ignores keys and clicks for half a second after it came up', async () => {
    const bridge = world([anApproval()])
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article')
    expect(deny().getAttribute('aria-disabled')).toBe('true')
    expect(button('Allow once').getAttribute('aria-disabled')).toBe('true')
    await user.click(button('Allow once'))
    await user.click(deny())
    await user.keyboard('d{Enter} ')
    expect(decisions(bridge)).toEqual([])
    await armed()
    await user.click(button('Allow once'))
    expect(decisions(bridge)).toEqual([{ id: 'apr_tomatoes', decision: { answer: 'allow' } }])
  })

  test('is denied by Enter, because Deny has the focus, and by D', async () => {
    for (const key of ['{Enter}', 'd']) {
      const bridge = world([anApproval()])
      const user = show(<ApprovalsPage />, bridge)
      await screen.findByRole('article')
      await armed()
      await user.keyboard(key)
      expect(decisions(bridge), key).toEqual([{ id: 'apr_tomatoes', decision: { answer: 'deny', reason: '' } }])
    }
  })

  test('is never allowed by Enter, not even on the button; Space on it allows', async () => {
    const bridge = world([anApproval()])
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article')
    await armed()
    button('Allow once').focus()
    await user.keyboard('{Enter}{Enter}')
    expect(decisions(bridge)).toEqual([])
    await user.keyboard(' ')
    expect(decisions(bridge)).toEqual([{ id: 'apr_tomatoes', decision: { answer: 'allow' } }])
  })

  test('is never allowed by a single letter', async () => {
    const bridge = world([anApproval()])
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article')
    await armed()
    await user.keyboard('abcefghijklmnopqrstuvwxyz0123456789')
    expect(decisions(bridge)).toEqual([])
  })

  test('sends the reason of a denial', async () => {
    const bridge = world([anApproval()])
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article')
    await armed()
    await user.click(button('Deny with reason…'))
    await user.keyboard('Use the other repository, dear.')
    await user.click(deny())
    expect(decisions(bridge)).toEqual([
      { id: 'apr_tomatoes', decision: { answer: 'deny', reason: 'Use the other repository, dear.' } },
    ])
  })

  test('lets nothing be decided when its time is over', async () => {
    show(<ApprovalsPage />, world([anApproval({ expiresAtMs: Date.now() - 1 })]))
    await screen.findByText('the time is over')
    await act(() => new Promise((done) => setTimeout(done, guardMs + 100)))
    expect(deny().getAttribute('aria-disabled')).toBe('true')
  })

  test('shows hostile text as text, with what hides in it', async () => {
    const name = 'Claude\u202Eexe.png'
    const reason = '<img src=x onerror=alert(1)>\u200B'
    show(<ApprovalsPage />, world([anApproval({ asker: { kind: 'client', id: 'k', name }, reason })]))
    const card = await screen.findByRole('article')
    expect(card.textContent).toContain('Claude⟨U+202E⟩exe.png')
    expect(card.textContent).toContain('<img src=x onerror=alert(1)>⟨U+200B⟩')
    expect(card.querySelector('img')).toBeNull()
  })

  test('caps a long reason and shows the rest on demand', async () => {
    const user = show(<ApprovalsPage />, world([anApproval({ reason: 'please '.repeat(100) })]))
    const card = await screen.findByRole('article')
    expect(card.textContent).not.toContain('please '.repeat(60))
    await user.click(within(card).getByRole('button', { name: /^Show \d+ more characters/ }))
    expect(card.textContent).toContain('please '.repeat(99))
  })

  test('marks a user name that poses as the host', async () => {
    const request = { ...anApproval().request, url: 'https://api.github.com@evil.example/x', host: 'evil.example' }
    show(<ApprovalsPage />, world([anApproval({ request })]))
    const card = await screen.findByRole('article')
    expect(within(card).getByTitle('A user name before the host').textContent).toBe('api.github.com@')
  })

  test('stays with what went wrong when the decision does not arrive', async () => {
    const bridge = createBridge({
      'approvals.list': () => [anApproval()],
      'grants.list': () => [],
      'approvals.decide': () => {
        throw new Refusal({
          code: 'audit_failed',
          message: 'The audit log cannot be written.',
          hint: 'Free some disk space.',
        })
      },
    })
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article')
    await armed()
    await user.click(button('Allow once'))
    expect((await screen.findByRole('alert')).textContent).toContain('Free some disk space.')
    expect(screen.getByRole('article')).toBeTruthy()
  })
})

describe('the queue', () => {
  const two = [
    anApproval({ id: 'apr_b', createdAtMs: 2_000, asker: { kind: 'client', id: 'b', name: 'Second' } }),
    anApproval({ id: 'apr_a', createdAtMs: 1_000, asker: { kind: 'client', id: 'a', name: 'First' } }),
  ]

  test('shows the oldest question and how many wait behind it; J and K move', async () => {
    const user = show(<ApprovalsPage />, world(two))
    await screen.findByRole('article', { name: /^First/ })
    expect(screen.getByText('1 more waiting')).toBeTruthy()
    await user.keyboard('j')
    await screen.findByRole('article', { name: /^Second/ })
    await user.keyboard('k')
    await screen.findByRole('article', { name: /^First/ })
  })

  test('guards the next prompt anew after a decision, so that a double click decides one only', async () => {
    const bridge = world(two)
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article', { name: /^First/ })
    await armed()
    await user.click(button('Allow once'))
    await screen.findByRole('article', { name: /^Second/ })
    await user.click(button('Allow once'))
    await user.keyboard('d')
    expect(decisions(bridge)).toHaveLength(1)
  })

  test('puts the focus on Deny of the next prompt, whatever message is on the screen', async () => {
    const bridge = world(two)
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article', { name: /^First/ })
    await armed()
    await user.click(button('Allow once'))
    await screen.findByRole('article', { name: /^Second/ })
    await screen.findByText('Allowed once')
    expect(document.activeElement).toBe(deny())
    await armed()
    await user.keyboard('d')
    expect(decisions(bridge)).toHaveLength(2)
  })

  test('does not take the keys of a reason whose question ended meanwhile as an answer to the next one', async () => {
    const all = [...two]
    const bridge = createBridge({
      'approvals.list': () => all,
      'grants.list': () => [],
      'items.list': () => [anItem()],
      'approvals.decide': () => anApproval({ state: 'denied' }),
    })
    const user = show(<ApprovalsPage />, bridge)
    await screen.findByRole('article', { name: /^First/ })
    await armed()
    await user.click(button('Deny with reason…'))
    await user.keyboard('Use the other ')
    all[1] = anApproval({ ...all[1], state: 'expired' })
    act(() => bridge.emit('approvals'))
    await screen.findByRole('article', { name: /^Second/ })
    expect(document.activeElement).not.toBe(deny())
    // Longer than a prompt that just came up ignores keys, and without a pause.
    for (const key of 'd dread, dear d') {
      await user.keyboard(key === ' ' ? '{ }' : key)
      await act(() => new Promise((passed) => setTimeout(passed, 60)))
    }
    expect(bridge.calls.some(({ route }) => route === 'approvals.decide')).toBe(false)
    await armed()
    await user.keyboard('d')
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'approvals.decide')).toBe(true))
  })

  test('an empty queue says what it is for', async () => {
    show(<ApprovalsPage />, world([]))
    expect(await screen.findByRole('heading', { name: 'Nothing waits for you' })).toBeTruthy()
  })
})

test('the history keeps what was decided and finds it by secret', async () => {
  const past = anApproval({
    id: 'apr_past',
    state: 'denied',
    decidedAtMs: Date.now() - 60_000,
    decidedBy: 'window',
    answer: 'Not today.',
  })
  const other = anApproval({
    id: 'apr_other',
    state: 'allowed',
    decidedAtMs: Date.now() - 90_000,
    decidedBy: 'cli',
    secrets: [{ itemId: 'x', name: 'Stripe', placement: 'body' }],
  })
  const user = show(<ApprovalsPage />, world([past, other]), '/approvals/history')
  expect(await screen.findAllByRole('option')).toHaveLength(2)
  await user.type(screen.getByRole('searchbox'), 'github token')
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1))
  await user.click(screen.getByRole('option'))
  expect((await screen.findByRole('complementary', { name: 'Details' })).textContent).toContain('Not today.')
})

test('a grant that was used up says so, and no time that is not the one of its end', async () => {
  const used = aGrant({ usesLeft: 0, usedCount: 5 })
  const bridge = createBridge({
    'approvals.list': () => [],
    'grants.list': () => [used],
    'items.list': () => [anItem()],
    'status.get': () => aStatus(),
  })
  show(<ApprovalsPage />, bridge, '/approvals/grants')
  expect((await screen.findByText('Used up')).closest('li')?.textContent).not.toContain('just now')
})

test('a grant is listed with what it lets through and revoked at once', async () => {
  const bridge = world([])
  const user = show(<ApprovalsPage />, bridge, '/approvals/grants')
  await user.click(await screen.findByRole('button', { name: /^Revoke the grant of Claude Desktop/ }))
  expect(
    bridge.calls.some(({ route, input }) => route === 'grants.revoke' && (input as { id: string }).id === 'grt_one'),
  ).toBe(true)
})
