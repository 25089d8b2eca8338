import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AuditLog } from '../../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { ApiKeys } from '../../../src/main/mcp/api-keys.ts'
import { readKeyFile } from '../../../src/main/mcp/key-file.ts'
import { KeyImport } from '../../../src/main/mcp/key-import.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const dayMs = 86_400_000
const startMs = Date.parse('2026-11-22T00:00:00Z')
const token = (): string => `oc_sk_${randomBytes(24).toString('hex')}`
const [one, two, three] = [token(), token(), token()]

describe('a file of keys', () => {
  const whole = { name: 'Bridge', scopes: ['openclaw:read', 'openclaw:write'], expiresAtMs: startMs + 40 * dayMs - 1 }
  const bare = { name: null, scopes: null, expiresAtMs: null }
  test.each<[string, string, ReadonlyArray<object>]>([
    [
      'one per line',
      `# the bridge\n\n${one}\r\n  ${two}  \n`,
      [
        { line: 3, token: one, ...bare },
        { line: 4, token: two, ...bare },
      ],
    ],
    ['one per line, with a byte order mark', `\uFEFF${one}`, [{ line: 1, token: one, ...bare }]],
    [
      'CSV',
      `name,key,scopes,expires\nBridge,${one},openclaw:read openclaw:write,2026-12-31\n\n,${two},,\n`,
      [
        { line: 2, token: one, ...whole },
        { line: 4, token: two, ...bare },
      ],
    ],
    [
      'CSV with quotes, other names and columns of no use',
      `"Token","label","note","Scope"\n"${one}","say ""hi"", Bob","x","openclaw:read,secrets:list"`,
      [{ line: 2, token: one, name: 'say "hi", Bob', scopes: ['openclaw:read', 'secrets:list'], expiresAtMs: null }],
    ],
    [
      'JSON, a list of keys',
      `[\n "${one}",\n\n "${two}"]`,
      [
        { line: 2, token: one, ...bare },
        { line: 4, token: two, ...bare },
      ],
    ],
    [
      'JSON, objects',
      `{"keys": [\n{"name": "Bridge", "key": "${one}",\n"scopes": ["openclaw:read", "openclaw:write"], "expiresAt": "2026-12-31"}, "${two}"\n]}`,
      [
        { line: 2, token: one, ...whole },
        { line: 3, token: two, ...bare },
      ],
    ],
  ])('is read as %s', (_name, text, keys) => {
    expect(readKeyFile(text, startMs)).toEqual({ keys, problems: [] })
  })

  test.each<[string, string, ReadonlyArray<number>]>([
    ['a key twice', `${one}\n${two}\n${one}`, [3]],
    ['a key that is cut', `${one}\n${two.slice(0, -1)}`, [2]],
    ['capitals', one.toUpperCase(), [1]],
    ['another kind of key', `sk-${randomBytes(24).toString('hex')}`, [1]],
    ['a made-up key', `oc_sk_${'01'.repeat(24)}`, [1]],
    ['a scope that does not exist', `key,scopes\n${one},openclaw:admin`, [2]],
    ['an expiry in the past', `key,expires\n${one},2020-01-01\n${two},2026-11-21T23:59:59Z`, [2, 3]],
    ['an expiry without a zone', `key,expires\n${one},2027-01-01 12:00`, [2]],
    ['an expiry beyond ten years', `key,expires\n${one},2099-01-01`, [2]],
    ['a name with what hides', `[{"key":"${one}","name":"a\u202Eb"}]`, [1]],
    ['a key where the name belongs', `name,key\n${one},${two}`, [2]],
    ['a quote that is not closed', `key,name\n${one},"x\n${two},y`, [2]],
    ['more cells than columns', `key,name\n${one},a,b`, [2]],
    ['no key', `key,name\n,Bridge`, [2]],
    ['JSON of something else', `[\n1,\nnull,\n{"key": {"a": [1,2]}},\n["${one}"],\n"${two}"]`, [2, 3, 4, 5]],
  ])('names the lines of %s, and nothing that stands there', (_name, text, lines) => {
    const { problems } = readKeyFile(text, startMs)
    expect(problems.map(({ line }) => line)).toEqual(lines)
    for (const { message } of problems)
      for (const part of [one, two, three]) expect(message).not.toContain(part.slice(6, 20))
  })

  test.each<[string, string, string]>([
    ['nothing', ' \n\n', 'invalid'],
    ['half a JSON', `[{"key": "${one}"`, 'invalid'],
    ['JSON without a list', `{"key": "${one}"}`, 'invalid'],
    ['501 keys', Array.from({ length: 501 }, token).join('\n'), 'too_large'],
    ['more than 1 MiB', `${one}\n${'#'.repeat(1024 * 1024)}`, 'too_large'],
  ])('is refused as a whole when it is %s, without a word of it', (_name, text, code) => {
    const thrown = (() => {
      try {
        return readKeyFile(text, startMs)
      } catch (error) {
        return error as Error
      }
    })()
    expect(thrown).toMatchObject({ code })
    expect(JSON.stringify(thrown)).not.toContain(one.slice(6, 20))
  })
})

describe('an import', () => {
  let home: string
  let vault: Vault
  let audit: AuditLog
  let apiKeys: ApiKeys
  let keyImport: KeyImport
  let file: string
  const person = { kind: 'person', id: 'cli' } as const

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'clawkeep-import-'))
    file = join(home, 'keys.txt')
    const clock = new FakeClock()
    clock.pass(startMs - clock.now())
    const events = new ChangeEvents()
    vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
    audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events })
    apiKeys = new ApiKeys({ records: vault.records, vault, clock, events })
    keyImport = new KeyImport({ apiKeys, audit, clock, chooseFile: async () => file })
    await vault.create('correct horse battery staple')
  })
  afterEach(() => {
    apiKeys.dispose()
    audit.close()
    vault.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('makes clients of the keys, of which only the hashes stay', async () => {
    const text = `key,name,scopes,expires\n${one},CRM,openclaw:read,2026-12-31\n${two},,,\n`
    expect(keyImport.look(text, null).problems).toEqual([{ line: 3, message: 'names no scopes.' }])
    expect(apiKeys.list()).toEqual([])
    await keyImport.take(text, ['secrets:list'], person)
    expect(apiKeys.authenticate(one)).toMatchObject({ name: 'CRM', scopes: ['openclaw:read'] })
    expect(apiKeys.authenticate(two)).toMatchObject({ name: `Imported ${two.slice(0, 12)}`, scopes: ['secrets:list'] })
    expect(apiKeys.list().map(({ source }) => source)).toEqual(['import', 'import'])
    await audit.flush()
    for (const name of readdirSync(home)) {
      const bytes = readFileSync(join(home, name)).toString('latin1')
      for (const key of [one, two]) expect(bytes).not.toContain(key.slice(6, 20))
    }
    const kinds = audit.list({ limit: 50 }).entries.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'key.create').length).toBe(2)
    expect(kinds).toContain('key.import')
  })

  test('takes all or none, and knows keys that are here, were rotated away or revoked', async () => {
    await keyImport.take(`${one}\n${two}`, ['openclaw:read'], person)
    const [first, second] = ['0', '1'].map((at) => apiKeys.list()[Number(at)]?.id ?? '')
    apiKeys.rotate({ id: first ?? '', overlapMs: 0 })
    apiKeys.revoke(second ?? '')
    const before = apiKeys.list()
    const text = `${three}\n${one}\n${two}`
    await expect(keyImport.take(text, ['openclaw:read'], person)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^Nothing was imported\. Line 2 .+ Line 3 /),
    })
    expect(apiKeys.list()).toEqual(before)
    expect(apiKeys.authenticate(three)).toBeNull()
  })

  test('is refused while locked', async () => {
    vault.lock()
    await expect(keyImport.take(one, ['openclaw:read'], person)).rejects.toMatchObject({ code: 'locked' })
  })

  test('a chosen file is deleted only when asked, only after its import, and only when it is still the same', async () => {
    writeFileSync(file, one)
    expect(await keyImport.chooseFile()).toMatchObject({ fileName: 'keys.txt', preview: { problems: [] } })
    await expect(keyImport.removeFile()).rejects.toMatchObject({ code: 'not_found' })
    await keyImport.takeFile(['openclaw:read'], person)
    expect(existsSync(file)).toBe(true)
    await expect(keyImport.takeFile(['openclaw:read'], person)).rejects.toMatchObject({ code: 'not_found' })
    writeFileSync(file, `${one}\nsomething else`)
    await expect(keyImport.removeFile()).rejects.toMatchObject({ code: 'conflict' })
    expect(existsSync(file)).toBe(true)
  })

  test('a chosen file that changed before its import is not imported', async () => {
    writeFileSync(file, one)
    await keyImport.chooseFile()
    writeFileSync(file, `${one}\n${two}`)
    await expect(keyImport.takeFile(['openclaw:read'], person)).rejects.toMatchObject({ code: 'conflict' })
    expect(apiKeys.list()).toEqual([])
  })

  test('after the import of an unchanged file it can be deleted, once', async () => {
    writeFileSync(file, one)
    await keyImport.chooseFile()
    await keyImport.takeFile(['openclaw:read'], person)
    await keyImport.removeFile()
    expect(existsSync(file)).toBe(false)
    await expect(keyImport.removeFile()).rejects.toMatchObject({ code: 'not_found' })
  })
})
