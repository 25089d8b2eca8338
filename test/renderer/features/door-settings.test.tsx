import { screen, waitFor } from '@testing-library/react'
import type { UserEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, test } from 'vitest'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aStatus, someSettings } from '../support/samples.ts'

const policy = { version: 1 as const, default: 'ask' as const, rules: [], network: [] }
const closed = { hosts: [], origins: [], trustedProxies: [], network: null }
const box = (name: string): Promise<HTMLElement> => screen.findByRole('textbox', { name: new RegExp(`^${name}`) })
const press = async (user: { click(element: Element): Promise<void> }, name: string | RegExp): Promise<void> =>
  user.click(await screen.findByRole('button', { name }))

/** Pasted as one: a keystroke at a time takes seconds on a busy machine. */
async function write(user: UserEvent, field: HTMLElement, text: string): Promise<void> {
  await user.click(field)
  await user.paste(text)
}

beforeEach(giveRoom)

function page(more: Parameters<typeof core>[0] = {}) {
  const bridge = core({
    'settings.get': () => someSettings(),
    'settings.set': () => someSettings(),
    'policy.get': () => policy,
    ...more,
  })
  return { bridge, user: show(<SettingsPage />, bridge, '/settings') }
}

describe('names and web pages', () => {
  const openNames = async (user: { click(element: Element): Promise<void> }): Promise<void> => {
    const [first] = await screen.findAllByRole('button', { name: 'Change…' })
    if (first !== undefined) await user.click(first)
  }

  test('are written one a line and saved together', async () => {
    const { bridge, user } = page()
    await openNames(user)
    await write(user, await box('Names of this computer'), 'Nas.example.ts.net\nmcp.example.org:8443')
    await write(user, await box('Web pages that may call'), 'https://claude.ai')
    await write(user, await box('Trusted proxies'), '127.0.0.1, 10.0.0.0/24')
    await press(user, 'Save names')
    await waitFor(() => expect(inputOf(bridge, 'settings.set')).toBeDefined())
    expect(inputOf(bridge, 'settings.set')).toEqual({
      door: {
        hosts: ['Nas.example.ts.net', 'mcp.example.org:8443'],
        origins: ['https://claude.ai'],
        trustedProxies: ['127.0.0.1', '10.0.0.0/24'],
        network: null,
      },
    })
  })

  test.each([
    ['Names of this computer', 'https://mcp.example.org', /“https:\/\/mcp\.example\.org”: Write only the name/],
    ['Web pages that may call', '*', /“\*”: Name each page/],
    ['Trusted proxies', '0.0.0.0/0', /“0\.0\.0\.0\/0”: A range of every address/],
  ])('that do not fit are named at their box, and nothing is sent: %s', async (label, text, words) => {
    const { bridge, user } = page()
    await openNames(user)
    await write(user, await box(label), text)
    await press(user, 'Save names')
    expect((await screen.findByRole('alert')).textContent).toMatch(words)
    expect(document.activeElement).toBe(await box(label))
    expect(bridge.calls.some(({ route }) => route === 'settings.set')).toBe(false)
  })
})

describe('other devices', () => {
  test('need an address and a certificate; files are checked where they are written', async () => {
    const { bridge, user } = page()
    await press(user, 'Open…')
    await user.click(await screen.findByRole('combobox', { name: 'Certificate' }))
    await user.click(await screen.findByRole('option', { name: 'My own files' }))
    await write(user, await box('Certificate file'), 'clawkeep.crt')
    await press(user, 'Open address')
    const said = (await screen.findAllByRole('alert')).map(({ textContent }) => textContent)
    expect(said).toEqual(['Write the whole path, from the root of the disk.', 'Write where the file is.'])
    await user.clear(await box('Certificate file'))
    await write(user, await box('Certificate file'), '/c.pem')
    await write(user, await box('Key file'), '/k.pem')
    await press(user, 'Open address')
    await waitFor(() =>
      expect(inputOf(bridge, 'settings.set')).toEqual({
        door: {
          ...closed,
          network: {
            address: '0.0.0.0',
            port: 7443,
            certificate: { kind: 'files', certificateFile: '/c.pem', keyFile: '/k.pem' },
          },
        },
      }),
    )
  })

  test('are shown with the fingerprint to compare, and with why the address is not open', async () => {
    const network = { address: '0.0.0.0', port: 7443, certificate: { kind: 'local' } } as const
    const mcpNetwork = {
      url: 'https://nas.example.ts.net:7443/mcp',
      fingerprint: 'AB:CD:EF',
      expiresAtMs: Date.UTC(2027, 0, 1),
      authorityFile: '/home/ada/tls/authority.pem',
      problem: 'Port 7443 is taken by another program.',
    }
    page({
      'settings.get': () => someSettings({ door: { ...closed, network } }),
      'status.get': () => aStatus({ mcpNetwork }),
    })
    expect(await screen.findByText('AB:CD:EF')).toBeTruthy()
    expect(screen.getByText('https://nas.example.ts.net:7443/mcp')).toBeTruthy()
    expect(screen.getByText(/Port 7443 is taken by another program\. Clawkeep tries again/)).toBeTruthy()
  })
})

describe('sign-in elsewhere', () => {
  const known = {
    introspectionEndpoint: 'https://id.example/introspect',
    clientId: 'clawkeep',
    issuer: null,
    audience: null,
    requiredScopes: ['mcp'],
    scopeMap: { 'mcp:chat': ['openclaw:write' as const] },
    isFixed: false,
    problem: null,
  }

  test('is set up with a secret, required scopes and what scopes allow', async () => {
    const { bridge, user } = page({ 'provider.set': () => known })
    await press(user, 'Set up…')
    await write(user, await box('Introspection address'), 'https://id.example/introspect')
    await write(user, await box('Client id'), 'clawkeep')
    await press(user, 'Ask and save')
    expect((await screen.findByRole('alert')).textContent).toBe('Write the client secret.')
    await write(user, screen.getByLabelText('Client secret'), 'shh')
    await write(user, await box('Required scopes'), 'mcp')
    await write(user, await box('What its scopes allow'), 'mcp:chat = openclaw:read openclaw:write')
    await press(user, 'Ask and save')
    await waitFor(() =>
      expect(inputOf(bridge, 'provider.set')).toEqual({
        introspectionEndpoint: 'https://id.example/introspect',
        clientId: 'clawkeep',
        clientSecret: 'shh',
        issuer: null,
        audience: null,
        requiredScopes: ['mcp'],
        scopeMap: { 'mcp:chat': ['openclaw:read', 'openclaw:write'] },
      }),
    )
  })

  test('keeps its secret when nothing is typed, says what does not fit, and can be removed', async () => {
    const { bridge, user } = page({
      'provider.get': () => known,
      'provider.set': () => known,
      'provider.remove': () => null,
    })
    expect(await screen.findByText('https://id.example/introspect')).toBeTruthy()
    await user.click((await screen.findAllByRole('button', { name: 'Change…' })).at(-1) as HTMLElement)
    await write(user, await box('What its scopes allow'), '\nadmin = everything')
    await press(user, 'Ask and save')
    expect(await screen.findByRole('alert')).toBeTruthy()
    await user.clear(await box('What its scopes allow'))
    await press(user, 'Ask and save')
    await waitFor(() => expect(inputOf(bridge, 'provider.set')).toMatchObject({ scopeMap: {} }))
    expect(inputOf(bridge, 'provider.set')).not.toHaveProperty('clientSecret')
    await press(user, 'Remove')
    await press(user, 'Remove provider')
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'provider.remove')).toBe(true))
  })

  test('from the environment is shown and cannot be changed here', async () => {
    page({ 'provider.get': () => ({ ...known, isFixed: true, problem: 'The provider did not answer in time.' }) })
    expect(await screen.findByText(/from the environment/)).toBeTruthy()
    expect(screen.getByText('The provider did not answer in time.')).toBeTruthy()
    expect(screen.getAllByRole('button', { name: 'Change…' })).toHaveLength(1)
  })
})
