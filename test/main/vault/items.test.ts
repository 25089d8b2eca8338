import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import type { ItemInput, ItemPatch } from '../../../src/shared/models/item.ts'
import type { Topic } from '../../../src/shared/ipc/contract.ts'
import { codeOf } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const clock = new FakeClock()
let test: TestVault
let vault: Vault

beforeAll(async () => {
  test = await createTestVault({ clock })
  vault = test.vault
})
afterAll(() => test.cleanup())

function input(name: string, more: Partial<ItemInput> = {}): ItemInput {
  return { kind: 'login', name, hosts: [], userName: '', secret: 'secret', notes: '', ...more }
}

describe('items', () => {
  it('give back what was put in, the secret only when asked', () => {
    const added = vault.items.add(
      input('bank', { hosts: ['bank.example'], userName: 'ada', secret: 'pässwörd\u{1f991}', notes: 'a\nb' }),
    )
    expect(added).toMatchObject({ kind: 'login', name: 'bank', hosts: ['bank.example'], userName: 'ada', revision: 1 })
    expect(JSON.stringify(vault.items.list())).not.toContain('pässwörd')
    expect(vault.items.reveal(added.id, 'secret')).toBe('pässwörd\u{1f991}')
    expect(vault.items.reveal(added.id, 'notes')).toBe('a\nb')
    expect(vault.items.view(added.id).sealed).toEqual(['secret', 'notes'])
    vault.items.edit(added.id, { notes: '' })
    expect(vault.items.view(added.id).sealed).toEqual(['secret'])
    expect(vault.items.useSecret(added.id, (secret) => secret.length)).toBe(10)
  })

  it('carry the names of their own fields for the search, also hidden ones, and never the values', () => {
    const field = { name: 'PIN', hidden: true, value: '4711' }
    const { id, fieldNames } = vault.items.add(input('with fields', { fields: [field] }))
    expect(fieldNames).toEqual(['PIN'])
    const [kept] = vault.items.view(id).fields
    const changed = [
      { id: kept?.id ?? '', name: 'Code', hidden: true },
      { name: 'Colour', hidden: false, value: 'red' },
    ]
    expect(vault.items.edit(id, { fields: changed }).fieldNames).toEqual(['Code', 'Colour'])
    expect(vault.items.edit(id, { notes: 'new' }).fieldNames).toEqual(['Code', 'Colour'])
    expect(vault.items.history.restore(id, 1).fieldNames).toEqual(['PIN'])
    expect(JSON.stringify(vault.items.list())).not.toContain('4711')
  })

  it('know since when the secret is what it is; what else changes makes it no newer, nor does an old version', () => {
    const { id, createdAtMs } = vault.items.add(input('aging'))
    const since = (): number | null => vault.items.whole(id).overview.secretSinceMs
    clock.pass(1_000)
    vault.items.edit(id, { notes: 'new', secret: 'secret' })
    expect(since()).toBe(createdAtMs)
    vault.items.edit(id, { secret: 'another' })
    expect(since()).toBe(createdAtMs + 1_000)
    clock.pass(1_000)
    vault.items.history.restore(id, 2)
    expect(since()).toBe(createdAtMs)
  })

  it('change only in the fields that are given, with a new revision and time', () => {
    const { id, createdAtMs } = vault.items.add(input('edited', { secret: 'one', notes: 'kept' }))
    clock.pass(5000)
    const renamed = vault.items.edit(id, { name: 'renamed' })
    expect(renamed).toMatchObject({ name: 'renamed', revision: 2, createdAtMs, updatedAtMs: createdAtMs + 5000 })
    expect([vault.items.byName('edited'), vault.items.byName('renamed')?.id]).toEqual([undefined, id])
    vault.items.edit(id, { secret: 'two' })
    expect(vault.items.reveal(id, 'secret')).toBe('two')
    expect(vault.items.reveal(id, 'notes')).toBe('kept')
    expect(vault.items.get(id)).toMatchObject({ kind: 'login', revision: 3 })
  })

  it('have one name each, compared after NFC and with case', () => {
    const first = vault.items.add(input('café'))
    expect(codeOf(() => vault.items.add(input('cafe\u0301')))).toBe('conflict')
    const second = vault.items.add(input('Café'))
    expect(codeOf(() => vault.items.edit(second.id, { name: 'café' }))).toBe('conflict')
    expect(vault.items.edit(first.id, { name: 'cafe\u0301' }).name).toBe('café')
    expect(vault.items.byName('cafe\u0301')?.id).toBe(first.id)
    vault.items.remove(first.id)
    expect(vault.items.add(input('café')).revision).toBe(1)
  })

  it('are gone after they were removed', () => {
    const { id } = vault.items.add(input('short-lived'))
    vault.items.remove(id)
    expect(vault.items.byName('short-lived')).toBeUndefined()
    const calls = [
      () => vault.items.get(id),
      () => vault.items.remove(id),
      () => vault.items.edit(id, {}),
      () => vault.items.reveal(id, 'secret'),
    ]
    for (const call of calls) expect(codeOf(call)).toBe('not_found')
  })

  it.each<[string, Partial<ItemInput>]>([
    ['no name', { name: '  ' }],
    ['braces in the name', { name: 'a}}' }],
    ['an invisible character in the name', { name: 'a\u202eb' }],
    ['no secret', { kind: 'api-key', secret: '' }],
    ['a secret too long', { secret: 'x'.repeat(65_537) }],
    ['a host with a scheme', { hosts: ['https://api.github.com'] }],
    ['a NUL in the secret', { secret: 'a\0b' }],
    ['half a character in the notes', { notes: '\ud800' }],
    ['a NUL in a field', { fields: [{ name: 'PIN', hidden: true, value: '\0' }] }],
  ])('are refused with %s', (_name, change) => {
    expect(codeOf(() => vault.items.add(input('fine', change)))).toBe('invalid')
    expect(vault.items.byName('fine')).toBeUndefined()
  })

  it('refuse a patch with a field that cannot be changed', () => {
    const { id } = vault.items.add(input('kinds'))
    expect(codeOf(() => vault.items.edit(id, { kind: 'api-key' } as ItemPatch))).toBe('invalid')
  })

  it('are listed by name and cannot be changed through the list', () => {
    const names = vault.items.list().map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
    expect(() => Object.assign(vault.items.list()[0] ?? {}, { name: 'x' })).toThrow(TypeError)
  })

  it('announce every change, and no change that failed', () => {
    const topics: Topic[] = []
    const stop = test.events.on((topic) => topics.push(topic))
    const { id } = vault.items.add(input('announced'))
    vault.items.edit(id, { notes: 'x' })
    vault.items.remove(id)
    codeOf(() => vault.items.remove(id))
    stop()
    expect(topics).toEqual(['items', 'items', 'items'])
  })
})
