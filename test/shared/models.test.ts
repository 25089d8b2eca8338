import { describe, expect, it } from 'vitest'
import { AppError, toWireError } from '../../src/shared/app-error.ts'
import { ApiKeyInput } from '../../src/shared/models/api-key.ts'
import { Decision } from '../../src/shared/models/approval.ts'
import { AssistantInput } from '../../src/shared/models/assistant.ts'
import { AuditEntry, AuditFilter } from '../../src/shared/models/audit.ts'
import { AllowedHost, ItemInput, ItemPatch } from '../../src/shared/models/item.ts'
import { Policy } from '../../src/shared/models/policy.ts'
import { Settings } from '../../src/shared/models/settings.ts'

describe('an allowed host', () => {
  it.each([
    ['api.github.com', 'api.github.com'],
    [' API.GitHub.com ', 'api.github.com'],
    ['*.example.com', '*.example.com'],
    ['localhost:8443', 'localhost:8443'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['127.0.0.1:80', '127.0.0.1:80'],
  ])('%j is taken as %j', (text, host) => {
    expect(AllowedHost.parse(text)).toBe(host)
  })

  it.each([
    '',
    'https://api.github.com',
    'api.github.com/user',
    'user@api.github.com',
    '*',
    'api.*.com',
    '*.*.com',
    '.example.com',
    'example..com',
    '-a.com',
    'a-.com',
    'bücher.example',
    'api.github.com:443:1',
    'a b.com',
    `${'a'.repeat(300)}.com`,
  ])('%j is refused', (text) => {
    expect(AllowedHost.safeParse(text).success).toBe(false)
  })
})

describe('an item', () => {
  const good = { kind: 'api-key', name: 'github', secret: 's' }

  it('needs a name and a secret only', () => {
    expect(ItemInput.parse(good)).toEqual({
      ...good,
      hosts: [],
      userName: '',
      notes: '',
      totp: '',
      fields: [],
      tags: [],
      favourite: false,
      expiresAtMs: null,
      rotateByMs: null,
    })
  })

  it.each([
    ['an unknown kind', { kind: 'file' }],
    ['an unknown field', { colour: 'red' }],
    ['a bidi override in the name', { name: 'git\u202ehub' }],
    ['a zero-width space in the name', { name: 'git\u200bhub' }],
    ['a line break in the name', { name: 'git\nhub' }],
    ['a brace in the name', { name: '}}{{secret:other' }],
    ['51 hosts', { hosts: Array.from({ length: 51 }, () => 'a.com') }],
  ])('is refused with %s', (_name, change) => {
    expect(ItemInput.safeParse({ ...good, ...change }).success).toBe(false)
  })

  it('can be changed in part, but not in kind', () => {
    expect(ItemPatch.parse({ notes: '' })).toEqual({ notes: '' })
    expect(ItemPatch.safeParse({ kind: 'login' }).success).toBe(false)
  })
})

describe('other inputs', () => {
  it.each([
    ['an API key without a scope', ApiKeyInput, { name: 'claude', scopes: [] }],
    ['an API key with an unknown scope', ApiKeyInput, { name: 'claude', scopes: ['admin'] }],
    ['an API key that has expired already', ApiKeyInput, { name: 'claude', scopes: ['secrets:use'], expiresInDays: 0 }],
    ['an assistant whose name is a path', AssistantInput, { name: '../etc', image: 'demo' }],
    ['an assistant whose image is an option', AssistantInput, { name: 'a', image: '--privileged' }],
    ['an assistant with 4 MiB', AssistantInput, { name: 'a', image: 'demo', memoryMiB: 4 }],
    ['a grant for ever', Decision, { answer: 'allow', grant: { forMinutes: 1e9 } }],
    ['a grant of no use', Decision, { answer: 'allow', grant: { forMinutes: 60, uses: 0 } }],
    ['an answer with more to it', Decision, { answer: 'deny', grant: { forMinutes: 1 } }],
    ['a policy of another version', Policy, { version: 2, default: 'ask', rules: [] }],
    [
      'a policy test of two kinds',
      Policy,
      {
        version: 1,
        default: 'ask',
        rules: [{ id: 'a', then: 'allow', when: { args: [{ path: '/url', equals: 'a', prefix: 'b' }] } }],
      },
    ],
    ['a page of 501 entries', AuditFilter, { limit: 501 }],
    ['a port of the system', Settings, { mcpPort: 80 }],
  ])('refuse %s', (_name, schema, input) => {
    expect(schema.safeParse(input).success).toBe(false)
  })

  it('have an audit entry that takes no field for text', () => {
    const entry = { index: 0, atMs: 1, kind: 'tool.call', phase: 'open', asker: { kind: 'client', id: 'key_1' } }
    expect(AuditEntry.safeParse(entry).success).toBe(true)
    expect(AuditEntry.safeParse({ ...entry, message: 'what was said' }).success).toBe(false)
  })

  it('take an empty settings file for the defaults', () => {
    expect(Settings.parse({})).toMatchObject({ theme: 'system', mcpPort: 7420, approvalTimeoutSeconds: 300 })
  })
})

describe('errors on the wire', () => {
  it('carry what is meant for the person and drop the rest', () => {
    const known = new AppError('throttled', 'Wait.', { hint: 'Later.', retryAfterMs: 5, cause: new Error('inner') })
    expect(toWireError(known)).toEqual({ code: 'throttled', message: 'Wait.', hint: 'Later.', retryAfterMs: 5 })
    expect(toWireError(new AppError('locked', 'Locked.'))).toEqual({ code: 'locked', message: 'Locked.' })
  })

  it.each([new Error('the secret is hunter2'), 'hunter2', null, { message: 'hunter2' }])(
    'never show the text of what was not expected',
    (thrown) => {
      expect(toWireError(thrown).code).toBe('internal')
      expect(JSON.stringify(toWireError(thrown))).not.toContain('hunter2')
    },
  )
})
