import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ApprovalsPage } from '../../../src/renderer/src/features/approvals/approvals-page.tsx'
import { ClientsPage } from '../../../src/renderer/src/features/clients/clients-page.tsx'
import type { Approval } from '../../../src/shared/models/approval.ts'
import type { Consent } from '../../../src/shared/models/sign-in.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anApproval, aSignIn } from '../support/samples.ts'

const consent: Consent = {
  clientId: 'oc_cl_0123456789abcdef0123456789abcdef',
  identity: 'registration',
  redirectUri: 'http://127.0.0.1:33418/callback',
  redirectTo: 'machine',
  scopes: [
    { scope: 'openclaw:read', held: true },
    { scope: 'secrets:use', held: false },
  ],
}

function aConsent(more: Partial<Approval> = {}, its: Partial<Consent> = {}): Approval {
  return anApproval({
    asker: { kind: 'client', id: 'sgn_cursor', name: 'Cursor' },
    tool: 'sign_in',
    request: { method: 'GET', url: consent.redirectUri, host: '127.0.0.1:33418', headers: [], body: null },
    secrets: [],
    reason: '',
    risks: [],
    consent: { ...consent, ...its },
    ...more,
  })
}

function world(approval: Approval) {
  return core({
    'approvals.list': () => [approval],
    'grants.list': () => [],
    'approvals.decide': () => ({ ...approval, state: 'allowed' as const, decidedAtMs: Date.now() }),
  })
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const armed = () => waitFor(() => expect(button('Deny').getAttribute('aria-disabled')).toBeNull(), { timeout: 1500 })

beforeEach(giveRoom)

test('a sign-in says who, where to and what, with the focus on Deny and its name as its own word', async () => {
  show(<ApprovalsPage />, world(aConsent()))
  const card = await screen.findByRole('article', { name: 'Cursor wants to sign in to Clawkeep' })
  expect(document.activeElement).toBe(button('Deny'))
  for (const words of ['127.0.0.1:33418', 'A program on this machine', 'nobody has checked it', 'has it already'])
    expect(card.textContent).toContain(words)
})

test('what was unticked is not allowed; Enter on the button allows nothing', async () => {
  const bridge = world(aConsent())
  const user = show(<ApprovalsPage />, bridge)
  await screen.findByRole('article')
  await armed()
  await user.click(screen.getByRole('checkbox', { name: /Ask to use your keys/ }))
  button('Allow 1 scope').focus()
  await user.keyboard('{Enter}')
  expect(inputOf(bridge, 'approvals.decide')).toBeUndefined()
  await user.click(button('Allow 1 scope'))
  expect(inputOf(bridge, 'approvals.decide')).toEqual({
    id: 'apr_tomatoes',
    decision: { answer: 'allow', consent: { scopes: ['openclaw:read'], forDays: 30 } },
  })
})

test('with nothing ticked there is nothing to allow', async () => {
  const bridge = world(aConsent())
  const user = show(<ApprovalsPage />, bridge)
  await screen.findByRole('article')
  await armed()
  for (const box of screen.getAllByRole('checkbox')) await user.click(box)
  await user.click(button('Nothing to allow'))
  expect(inputOf(bridge, 'approvals.decide')).toBeUndefined()
})

test('a hostile name, client id and redirect are shown as text with what hides in them', async () => {
  const name = 'Claude\u202E<img src=x onerror=alert(1)>'
  const clientId = 'https://claude.ai.evil.example/client.json'
  const approval = aConsent({ asker: { kind: 'client', id: 'sgn_x', name } }, { clientId, identity: 'document' })
  show(<ApprovalsPage />, world(approval))
  const card = await screen.findByRole('article')
  expect(card.textContent).toContain('Claude⟨U+202E⟩<img src=x onerror=alert(1)>')
  expect(card.querySelector('img')).toBeNull()
  // The part that says whose it is stands out.
  await waitFor(() => expect(screen.getByText('evil.example').className).toContain('font-semibold'))
})

test('a signed-in program is listed beside the keys, says why it ended, and can be revoked', async () => {
  const ended = aSignIn({
    id: 'sgn_old',
    name: 'Windsurf\u200B',
    state: 'revoked',
    revokedAtMs: Date.now(),
    revokedBecause: 'reuse',
  })
  const bridge = core({ 'signIns.list': () => [aSignIn(), ended], 'signIns.revoke': () => ended })
  const user = show(<ClientsPage />, bridge, '/clients/keys')
  await user.click(await screen.findByText('Windsurf', { exact: false }))
  expect((await screen.findByRole('complementary')).textContent).toContain('somebody may have copied it')
  await user.click(screen.getByText('Cursor'))
  // What an allow rule has to name it by: its name is its own word.
  expect(screen.getByText('sgn_cursor').tagName).toBe('CODE')
  await user.click(button('Revoke sign-in…'))
  await user.click(button('Revoke sign-in'))
  await waitFor(() => expect(inputOf(bridge, 'signIns.revoke')).toEqual({ id: 'sgn_cursor' }))
})
