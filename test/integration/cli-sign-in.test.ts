import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SignIn } from '../../src/shared/models/sign-in.ts'
import { callTool, type CliHome, cliHome, nextQuestion, portOf, type Serving } from '../support/cli.ts'
import { oauthAt, oauthError, tokensOf } from '../support/oauth.ts'

let at: CliHome
let core: Serving

beforeAll(async () => {
  at = cliHome()
  await at.run(['init'])
  core = await at.serve()
})
afterAll(async () => {
  await core.stop()
  at.cleanup()
})

test('a sign-in is shown, allowed in part, listed and revoked at the command line', async () => {
  const oauth = oauthAt({ port: portOf(core) })
  const clientId = await oauth.clientId()
  const begun = await oauth.authorize(clientId)
  const { id } = await nextQuestion(at)
  const shown = (await at.run(['approvals', 'show', id])).stdout
  for (const words of ['Cursor wants to sign in', 'its name is its own word', '127.0.0.1:33418', 'may: secrets:use'])
    expect(shown).toContain(words)
  expect((await at.run(['approvals', 'allow', id, '--uses', '3'])).code).toBe(2)
  const allowed = await at.run(['approvals', 'allow', id, '--scopes', 'openclaw:read', '--for', '7d'])
  expect(allowed.stdout).toContain('Signed in with openclaw:read.')
  const code = (await oauth.follow(begun)).searchParams.get('code') ?? ''
  const tokens = tokensOf(await oauth.exchange(clientId, code))
  expect(tokens.scope).toBe('openclaw:read')
  expect(await callTool(core.ready.mcpUrl, tokens.access_token, 'openclaw_instances', {})).toContain('"total":0')

  const [signIn] = await at.json<ReadonlyArray<SignIn>>(['sign-in', 'list'])
  expect(signIn).toMatchObject({ name: 'Cursor', state: 'active', scopes: ['openclaw:read'] })
  await at.run(['sign-in', 'revoke', signIn?.id ?? ''])
  expect((await at.run(['sign-in', 'list'])).stdout).toContain('revoked')
  expect(oauthError(await oauth.refresh(clientId, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
})
