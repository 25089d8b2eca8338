import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDoorEnvironment } from '../../../src/main/cli/door-environment.ts'
import { readProviderEnvironment } from '../../../src/main/cli/provider-environment.ts'

describe('the environment of serve', () => {
  test('names hosts and pages with the names that users of the bridge know', () => {
    expect(
      readDoorEnvironment({
        CORS_ORIGINS: 'https://claude.ai, https://app.example',
        ALLOWED_HOSTS: 'mcp.example.org,NAS:8443,',
      }),
    ).toEqual({ origins: ['https://claude.ai', 'https://app.example'], hosts: ['mcp.example.org', 'nas:8443'] })
  })

  test('that says nothing leaves the settings in force', () => {
    expect(readDoorEnvironment({ CORS_ORIGINS: '', ALLOWED_HOSTS: ' , ' })).toEqual({})
  })

  test.each([
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS does not fit. Name each page'],
    [{ CORS_ORIGINS: 'https://claude.ai,claude.ai' }, 'CORS_ORIGINS does not fit. Write the origin'],
    [{ ALLOWED_HOSTS: '*.example.org' }, 'ALLOWED_HOSTS does not fit. Write only the name'],
  ])('that cannot be followed stops the start: %j', (environment, message) => {
    expect(() => readDoorEnvironment(environment)).toThrow(message)
  })
})

describe('a provider of tokens in the environment of serve', () => {
  const whole = {
    OAUTH_ENABLED: 'true',
    OAUTH_INTROSPECTION_ENDPOINT: 'https://id.example/introspect',
    OAUTH_CLIENT_ID: 'clawkeep',
    OAUTH_CLIENT_SECRET: 'shh-1234',
  }

  test('has the names that users of the bridge know', () => {
    const scopes = { OAUTH_REQUIRED_SCOPES: 'mcp openclaw', OAUTH_SCOPE_MAP: 'mcp=openclaw:read+openclaw:write' }
    expect(readProviderEnvironment({ ...whole, ...scopes })).toMatchObject({
      introspectionEndpoint: 'https://id.example/introspect',
      clientId: 'clawkeep',
      clientSecret: 'shh-1234',
      requiredScopes: ['mcp', 'openclaw'],
      scopeMap: { mcp: ['openclaw:read', 'openclaw:write'] },
    })
  })

  test('may keep its secret in a file, and is off unless it is switched on', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clawkeep-env-')), 'secret')
    writeFileSync(file, 'from-file\n')
    const { OAUTH_CLIENT_SECRET: _, ...rest } = whole
    expect(readProviderEnvironment({ ...rest, OAUTH_CLIENT_SECRET_FILE: file })?.clientSecret).toBe('from-file')
    expect(readProviderEnvironment({ ...whole, OAUTH_ENABLED: 'false' })).toBeNull()
    expect(readProviderEnvironment({})).toBeNull()
    rmSync(dirname(file), { recursive: true })
  })

  test.each([
    [{ OAUTH_INTROSPECTION_ENDPOINT: '' }, 'OAUTH_INTROSPECTION_ENDPOINT does not fit'],
    [{ OAUTH_INTROSPECTION_ENDPOINT: 'http://id.example/' }, 'OAUTH_INTROSPECTION_ENDPOINT does not fit'],
    [{ OAUTH_CLIENT_ID: '' }, 'OAUTH_CLIENT_ID does not fit'],
    [{ OAUTH_CLIENT_SECRET: '' }, 'OAUTH_CLIENT_SECRET does not fit'],
    [{ OAUTH_CLIENT_SECRET_FILE: '/x' }, 'keep one of them'],
    [{ OAUTH_CLIENT_SECRET: '', OAUTH_CLIENT_SECRET_FILE: '/nowhere' }, 'OAUTH_CLIENT_SECRET_FILE does not fit'],
    [{ OAUTH_SCOPE_MAP: 'mcp=everything' }, 'OAUTH_SCOPE_MAP does not fit'],
    [{ OAUTH_SCOPE_MAP: 'mcp' }, 'OAUTH_SCOPE_MAP does not fit'],
  ])('that is not complete stops the start and does not repeat the secret: %j', (change, message) => {
    expect(() => readProviderEnvironment({ ...whole, ...change })).toThrow(message)
    try {
      readProviderEnvironment({ ...whole, ...change })
    } catch (error) {
      expect(String(error)).not.toContain('shh-1234')
    }
  })
})
