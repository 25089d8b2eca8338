import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliHome, type Serving, atTerminal, callTool, cliHome } from '../support/cli.ts'

type Shown = { readonly id: string; readonly key: string; readonly previous: { readonly untilMs: number } | null }

const token = (): string => `oc_sk_${randomBytes(24).toString('hex')}`

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

const answersTo = (key: string) => callTool(core.ready.mcpUrl, key, 'openclaw_instances', {})

describe('clawkeep key', () => {
  test('rotate shows a new key once; the old one goes on until it is revoked with it', async () => {
    const made = await at.json<Shown>(['key', 'create', '--name', 'CRM', '--scopes', 'openclaw:read'])
    const rotated = await at.json<Shown>(['key', 'rotate', made.id, '--overlap', '2h'])
    expect(rotated).toMatchObject({ id: made.id, key: expect.stringMatching(/^oc_sk_[0-9a-f]{48}$/) })
    expect((rotated.previous?.untilMs ?? 0) - Date.now()).toBeGreaterThan(119 * 60_000)
    for (const key of [made.key, rotated.key]) expect(await answersTo(key)).toContain('"total":0')
    expect((await at.run(['key', 'list'])).stdout).toMatch(/command line +oc_sk_\w{6}… for (119 min|2 h)/)

    const now = await at.json<Shown>(['key', 'rotate', made.id, '--overlap', '0'])
    expect(await answersTo(rotated.key)).toContain('This key was replaced by a new one.')
    expect(await answersTo(now.key)).toContain('"total":0')
    await at.run(['key', 'revoke', made.id])
    expect(await answersTo(now.key)).toContain('This key was revoked.')
    expect((await at.run(['key', 'rotate', made.id])).code).toBe(1)
    expect((await at.run(['key', 'rotate', 'key_none'])).code).toBe(4)
    expect((await at.run(['key', 'rotate', made.id, '--overlap', '31d'])).code).toBe(2)
  })

  test('import looks first, takes all or none, and leaves the file unless told to delete it', async () => {
    const [one, two] = [token(), token()]
    const file = at.file('bridge.csv', `key,name,scopes\n${one},Bridge,openclaw:read\n${two},,\n`)
    const looked = await at.run(['key', 'import', file, '--dry-run'])
    expect(looked).toMatchObject({ code: 2, stdout: expect.stringContaining('Line 3 names no scopes.') })
    expect((await at.run(['key', 'import', file])).stderr).toContain('Nothing was imported. Line 3 names no scopes.')
    expect(await answersTo(one)).toContain('This key is not known.')

    const taken = await at.run(['key', 'import', file, '--scopes', 'openclaw:read'])
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('still holds the keys') })
    expect(existsSync(file)).toBe(true)
    for (const key of [one, two]) expect(await answersTo(key)).toContain('"total":0')

    const again = await at.run(['key', 'import', file, '--scopes', 'openclaw:read', '--delete-file'])
    expect(again.stderr).toContain('Line 2 has a key that is here already, as “Bridge”.')
    expect(existsSync(file)).toBe(true)
    const other = at.file('other.txt', token())
    await at.run(['key', 'import', other, '--scopes', 'openclaw:read', '--delete-file'])
    expect(existsSync(other)).toBe(false)
    const kept = at.file('kept.txt', token())
    const left = await atTerminal(
      ['--home', at.home, '--password-file', at.passwordFile, 'key', 'import', kept, '--scopes', 'openclaw:read'],
      ['\u0003'],
    )
    expect(left).toMatchObject({ code: 130, stdout: expect.stringContaining('Imported: 1. Delete ') })
    expect(left.stdout).toContain(`${kept} still holds the keys.`)
    expect(existsSync(kept)).toBe(true)
    for (const { stdout, stderr } of [looked, taken, again])
      for (const key of [one, two]) expect(stdout + stderr).not.toContain(key.slice(12))
  })
})
