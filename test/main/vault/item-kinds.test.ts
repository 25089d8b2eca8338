import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Manifest } from '../../../src/main/vault/manifest.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import type { ItemInput } from '../../../src/shared/models/item.ts'
import { codeOf } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { aLogin, createTestVault, temporaryHome, type TestVault } from '../../support/vault.ts'

const clock = new FakeClock()
const dayMs = 24 * 60 * 60_000
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
let test: TestVault
let vault: Vault

beforeAll(async () => {
  test = await createTestVault({ clock })
  vault = test.vault
})
afterAll(() => test.cleanup())

describe('kinds of item', () => {
  it('are all kept and given back as what they are', () => {
    const note = vault.items.add({ kind: 'note', name: 'diary', notes: 'a secret thought' })
    const ssh = vault.items.add({ kind: 'ssh-key', name: 'server', userName: 'ada@laptop' })
    const totp = vault.items.add({ kind: 'totp', name: 'codes', totp: seed })
    expect([note, ssh, totp].map(({ kind, hasTotp }) => [kind, hasTotp])).toEqual([
      ['note', false],
      ['ssh-key', false],
      ['totp', true],
    ])
    expect(ssh.publicKey).toMatch(/^ssh-ed25519 \S+ ada@laptop$/)
    expect(vault.items.reveal(ssh.id, 'secret')).toContain('BEGIN OPENSSH PRIVATE KEY')
    expect(vault.items.reveal(note.id, 'notes')).toBe('a secret thought')
    expect(vault.items.code(totp.id)).toMatchObject({ code: expect.stringMatching(/^\d{6}$/), periodSeconds: 30 })
    expect(JSON.stringify([vault.items.list(), vault.items.view(totp.id)])).not.toContain(seed)
  })

  it.each<[string, ItemInput]>([
    ['an API key without a key', { kind: 'api-key', name: 'x' }],
    ['a note with a secret', { kind: 'note', name: 'x', secret: 's' }],
    ['codes without a seed', { kind: 'totp', name: 'x' }],
    ['codes with a secret besides', { kind: 'totp', name: 'x', totp: seed, secret: 's' }],
    ['codes of a note', { kind: 'note', name: 'x', totp: seed }],
    ['an SSH key that is none', { kind: 'ssh-key', name: 'x', secret: 'hunter2' }],
    ['an otpauth address that is none', { kind: 'totp', name: 'x', totp: 'hunter2!' }],
  ])('are refused: %s', (_name, input) => {
    expect(codeOf(() => vault.items.add(input))).toBe('invalid')
    expect(vault.items.byName('x')).toBeUndefined()
  })

  it('cannot be edited into what their kind is not, and an SSH key into no key', () => {
    const { id } = vault.items.add(aLogin('bank', { totp: seed }))
    const key = vault.items.byName('server')?.id ?? ''
    const codes = vault.items.byName('codes')?.id ?? ''
    expect(codeOf(() => vault.items.edit(codes, { totp: '' }))).toBe('invalid')
    expect(codeOf(() => vault.items.edit(key, { secret: '' }))).toBe('invalid')
    expect(codeOf(() => vault.items.edit(key, { totp: seed }))).toBe('invalid')
    expect(vault.items.edit(id, { totp: '' }).hasTotp).toBe(false)
    expect(codeOf(() => vault.items.code(id))).toBe('not_found')
  })

  it('lend no secret where there is none', () => {
    const { id } = vault.items.add(aLogin('passkey only', { secret: '' }))
    expect(codeOf(() => vault.items.useSecret(id, (secret) => secret))).toBe('refused')
  })
})

describe('fields of the person’s own', () => {
  it('show their text unless they are hidden, and keep their value when only their name is given', () => {
    const { id } = vault.items.add(
      aLogin('with fields', {
        fields: [
          { name: 'Colour', hidden: false, value: 'blue' },
          { name: 'PIN', hidden: true, value: '4711' },
        ],
      }),
    )
    const [colour, pin] = vault.items.view(id).fields
    expect([colour, pin]).toMatchObject([{ value: 'blue' }, { name: 'PIN', hidden: true, value: null }])
    expect(vault.items.reveal(id, `field:${pin?.id}`)).toBe('4711')
    vault.items.edit(id, {
      fields: [
        { id: pin?.id ?? '', name: 'PIN of the card', hidden: true },
        { name: 'New', hidden: false, value: 'n' },
      ],
    })
    expect(vault.items.view(id).fields.map(({ name, value }) => [name, value])).toEqual([
      ['PIN of the card', null],
      ['New', 'n'],
    ])
    expect(vault.items.reveal(id, `field:${pin?.id}`)).toBe('4711')
    expect(codeOf(() => vault.items.reveal(id, `field:${colour?.id}`))).toBe('not_found')
    expect(codeOf(() => vault.items.edit(id, { fields: [{ id: 'fld_strange', name: 'x', hidden: false }] }))).toBe(
      'not_found',
    )
  })
})

describe('a hidden field', () => {
  it('is not shown by saying that it is plain: that takes its value, which takes a reveal', () => {
    const { id } = vault.items.add(aLogin('with a PIN', { fields: [{ name: 'PIN', hidden: true, value: '4711' }] }))
    const [pin] = vault.items.view(id).fields
    const plain = { id: pin?.id ?? '', name: 'PIN', hidden: false }
    expect(codeOf(() => vault.items.edit(id, { fields: [plain] }))).toBe('invalid')
    expect(vault.items.view(id).fields).toMatchObject([{ hidden: true, value: null }])
    vault.items.edit(id, { fields: [{ ...plain, value: '4711' }] })
    expect(vault.items.view(id).fields).toMatchObject([{ hidden: false, value: '4711' }])
  })
})

describe('tags, favourites and dates', () => {
  it('are kept, and say when something is due', () => {
    const nowMs = clock.now()
    const { id } = vault.items.add(aLogin('due', { tags: ['work', 'work', ' home '], favourite: true }))
    expect(vault.items.get(id)).toMatchObject({ tags: ['work', 'home'], favourite: true, due: null })
    const due = (expiresInDays: number | null, rotateInDays: number | null) => {
      const at = (days: number | null) => (days === null ? null : nowMs + days * dayMs)
      vault.items.edit(id, { expiresAtMs: at(expiresInDays), rotateByMs: at(rotateInDays) })
      return vault.items.list().find((item) => item.id === id)?.due
    }
    expect(due(15, 15)).toBeNull()
    expect(due(14, null)).toBe('expires-soon')
    expect(due(null, 14)).toBe('rotate-soon')
    expect(due(1, 0)).toBe('rotate')
    expect(due(0, 0)).toBe('expired')
    expect(due(null, null)).toBeNull()
    vault.items.edit(id, { expiresAtMs: nowMs + 20 * dayMs })
    expect(vault.items.get(id).due).toBeNull()
    clock.pass(7 * dayMs)
    expect(vault.items.get(id).due).toBe('expires-soon')
  })

  it('are due from the local midnight of their day on, and an imported moment at that moment', () => {
    const today = new Date(clock.now())
    const tomorrow = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1)
    const day = Date.UTC(tomorrow.getFullYear(), tomorrow.getMonth(), tomorrow.getDate(), 12)
    const { id: whole } = vault.items.add(aLogin('a day', { expiresAtMs: day }))
    const { id: moment } = vault.items.add(aLogin('a moment', { expiresAtMs: tomorrow.getTime() + 3_600_000 }))
    const dues = () => [whole, moment].map((id) => vault.items.get(id).due)
    clock.pass(tomorrow.getTime() - clock.now() - 1)
    expect(dues()).toEqual(['expires-soon', 'expires-soon'])
    clock.pass(1)
    expect(dues()).toEqual(['expired', 'expires-soon'])
    clock.pass(3_600_000)
    expect(dues()).toEqual(['expired', 'expired'])
  })
})

describe('the trash', () => {
  it('hides an item, frees its name, and gives it back as it was', () => {
    const { id } = vault.items.add(aLogin('thrown', { secret: 'kept', notes: 'n' }))
    vault.items.edit(id, { secret: 'kept too' })
    vault.items.remove(id)
    const calls = [
      () => vault.items.get(id),
      () => vault.items.view(id),
      () => vault.items.reveal(id, 'secret'),
      () => vault.items.edit(id, { notes: '' }),
      () => vault.items.history.list(id),
      () => vault.items.history.reveal(id, 1, 'secret'),
      () => vault.items.remove(id),
    ]
    for (const call of calls) expect(codeOf(call)).toBe('not_found')
    expect(vault.items.byName('thrown')).toBeUndefined()
    const other = vault.items.add(aLogin('thrown'))
    expect(codeOf(() => vault.items.trash.restore(id))).toBe('conflict')
    expect(vault.items.trash.restore(id, 'thrown once')).toMatchObject({ id, name: 'thrown once' })
    expect(vault.items.reveal(id, 'secret')).toBe('kept too')
    expect(vault.items.history.reveal(id, 1, 'secret')).toBe('kept')
    expect(codeOf(() => vault.items.trash.restore(other.id))).toBe('not_found')
  })

  it('keeps items over a lock for 30 days, erases only what is in it, and all of that', async () => {
    const [kept, gone] = ['kept in trash', 'gone'].map((name) => vault.items.add(aLogin(name)).id) as [string, string]
    vault.items.remove(gone)
    clock.pass(29 * dayMs)
    vault.items.remove(kept)
    expect(codeOf(() => vault.items.trash.erase([vault.items.byName('steady')?.id ?? '']))).toBe('not_found')
    vault.lock()
    await vault.unlock(test.password)
    expect(vault.items.trash.list().map(({ id }) => id)).toEqual([kept, gone])
    expect(vault.items.trash.overdue()).toEqual([])
    clock.pass(dayMs)
    expect(vault.items.trash.overdue()).toEqual([gone])
    vault.items.trash.erase([gone])
    expect(codeOf(() => vault.items.trash.restore(gone))).toBe('not_found')
    expect(vault.items.trash.restore(kept).name).toBe('kept in trash')
  })

  it('looks through the vault no more often for many items than for one, and erases their history with them', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => vault.items.add(aLogin(`of many ${at}`)).id)
    for (const id of ids) vault.items.edit(id, { secret: 'another' })
    for (const id of ids) vault.items.remove(id)
    const [one, ...rest] = ids as [string, ...string[]]
    const looks = vi.spyOn(Manifest.prototype, 'idsOf')
    try {
      vault.items.trash.erase([one])
      const forOne = looks.mock.calls.length
      looks.mockClear()
      vault.items.trash.erase(rest)
      expect(looks).toHaveBeenCalledTimes(forOne)
    } finally {
      looks.mockRestore()
    }
    vault.lock()
    await vault.unlock(test.password)
    expect(vault.problems).toEqual([])
    expect(vault.items.trash.list().filter(({ id }) => ids.includes(id))).toEqual([])
  })
})

describe('many items at once', () => {
  const many = (count: number): Array<{ input: ItemInput }> =>
    Array.from({ length: count }, (_, at) => ({
      input: { kind: 'login', name: `Entry ${at}`, hosts: ['example.com'], userName: `user ${at}`, secret: `s${at}` },
    }))

  it('are added all or none, and the entry that stands in the way is named', () => {
    const before = vault.items.list().length
    const taken = [...many(3), { input: aLogin('Entry 1') }]
    const wrong = [...many(2), { input: { kind: 'api-key', name: 'empty' } as ItemInput }]
    expect(() => vault.items.addMany(taken)).toThrow('Entry 4: Another item has this name.')
    expect(() => vault.items.addMany(wrong)).toThrow('Entry 3: The secret is empty.')
    expect(vault.items.list()).toHaveLength(before)
    expect(vault.items.addMany(many(3)).map(({ name }) => name)).toEqual(['Entry 0', 'Entry 1', 'Entry 2'])
    expect(vault.items.reveal(vault.items.byName('Entry 2')?.id ?? '', 'secret')).toBe('s2')
  })
})

describe('a vault of the first schema', () => {
  const old = fileURLToPath(new URL('../../fixtures/vault-schema-1.db', import.meta.url))

  it('opens, is brought to this one, and keeps everything', async () => {
    const home = temporaryHome()
    const file = join(home, 'vault.db')
    copyFileSync(old, file)
    const open = async (): Promise<Vault> => {
      const opened = Vault.open({ file, clock: systemClock, events: new ChangeEvents() })
      await opened.unlock('a vault of schema one')
      return opened
    }
    try {
      const first = await open()
      expect(first.problems).toEqual([])
      expect(first.items.list()).toMatchObject([
        {
          kind: 'api-key',
          name: 'GitHub token',
          hosts: ['api.github.com'],
          tags: [],
          due: null,
          files: 0,
          revision: 1,
        },
        { kind: 'login', name: 'Mail', userName: 'ada@example.com', favourite: false, hasTotp: false, revision: 2 },
      ])
      const { id } = first.items.byName('Mail') ?? { id: '' }
      expect(first.items.reveal(id, 'secret')).toBe('mail password')
      expect(first.auditCheckpoint()).toEqual({ size: 3, root: 'ab'.repeat(32) })
      first.items.edit(id, { secret: 'new', totp: seed })
      await first.items.files.add(id, 'a.txt', [Buffer.from('attached')])
      first.close()
      const second = await open()
      expect(second.problems).toEqual([])
      expect(second.items.history.reveal(id, 2, 'secret')).toBe('mail password')
      expect(second.items.view(id)).toMatchObject({ hasTotp: true, files: 1, versions: 1 })
      expect(second.records.get('api-key', 'key_one')).toEqual({ scopes: ['secrets:list'] })
      second.close()
      expect(existsSync(join(home, 'vault-files')) && readdirSync(join(home, 'vault-files'))).toHaveLength(1)
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
})
