import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf } from '../../support/error-code.ts'
import { aLogin, createTestVault, type TestVault } from '../../support/vault.ts'

let test: TestVault
let vault: Vault

beforeAll(async () => {
  test = await createTestVault()
  vault = test.vault
})
afterAll(() => test.cleanup())

describe('the history of an item', () => {
  it('keeps the last ten contents, names what changed, and gives one back', () => {
    const { id } = vault.items.add(aLogin('history', { secret: 'v1', notes: 'first' }))
    for (let at = 2; at <= 13; at += 1) vault.items.edit(id, { secret: `v${at}` })
    const versions = vault.items.history.list(id)
    expect(versions.map(({ revision }) => revision)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3])
    expect(versions.every(({ changed }) => changed.join() === 'secret')).toBe(true)
    expect(vault.items.history.reveal(id, 3, 'secret')).toBe('v3')
    expect(codeOf(() => vault.items.history.reveal(id, 2, 'secret'))).toBe('not_found')
    vault.items.edit(id, { name: 'history renamed', tags: ['kept'] })
    expect(vault.items.history.restore(id, 3)).toMatchObject({ name: 'history renamed', tags: ['kept'] })
    expect(vault.items.reveal(id, 'secret')).toBe('v3')
    expect(vault.items.history.list(id)).toHaveLength(10)
    expect(vault.items.history.reveal(id, 14, 'secret')).toBe('v13')
  })

  it('says which of the person’s own fields were changed and what can be revealed, and no value', () => {
    const { id } = vault.items.add(
      aLogin('own fields', {
        secret: 'v1',
        userName: 'ada',
        hosts: ['a.example'],
        fields: [
          { name: 'Colour', hidden: false, value: 'blue' },
          { name: 'PIN', hidden: true, value: '4711' },
        ],
      }),
    )
    const [colour, pin] = vault.items.view(id).fields
    const keep = (field: typeof pin) => ({ id: field?.id ?? '', name: field?.name ?? '', hidden: true })
    vault.items.edit(id, { fields: [keep(colour), { ...keep(pin), value: '0815' }], userName: 'eve', hosts: [] })
    vault.items.edit(id, { fields: [keep(pin), { name: 'New', hidden: false, value: 'n' }] })
    expect(vault.items.history.list(id)).toMatchObject([
      { changed: ['fields'], changedFields: ['Colour', 'New'], userName: 'eve', hosts: [] },
      {
        changed: ['fields', 'hosts', 'userName'],
        changedFields: ['Colour', 'PIN'],
        userName: 'ada',
        hosts: ['a.example'],
        sealed: [
          { field: 'secret', name: null },
          { field: `field:${colour?.id}`, name: 'Colour' },
          { field: `field:${pin?.id}`, name: 'PIN' },
        ],
      },
    ])
    expect(vault.items.history.reveal(id, 1, `field:${pin?.id ?? ''}`)).toBe('4711')
    expect(JSON.stringify(vault.items.history.list(id))).not.toMatch(/"(v1|4711|0815|blue)"/)
  })

  it('is not pushed out by names, tags, favourites and dates', () => {
    const { id } = vault.items.add(aLogin('steady'))
    vault.items.edit(id, { secret: 'two' })
    for (let at = 0; at < 12; at += 1) vault.items.edit(id, { favourite: at % 2 === 0, tags: [`t${at}`] })
    expect(vault.items.history.list(id)).toMatchObject([{ revision: 1, changed: ['secret'] }])
  })
})
