import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { VaultFiles, type Opened } from './vault-file.ts'

/** What the vault must hold, as plain data. */
type Model = {
  readonly items: Map<string, { name: string; secret: string; notes: string; revision: number }>
  readonly records: Map<string, unknown>
}

type Parts = Pick<Vault, 'items' | 'records'>
type Step = (vault: Parts, model: Model) => void

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 900, maxLength: 2000 }),
)
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, text, text).map<Step>(([wanted, secret, notes]) => (vault, model) => {
    const taken = [...model.items.values()].some((item) => item.name === wanted)
    const add = (): void => {
      const { id } = vault.items.add({ kind: 'login', name: wanted, hosts: [], userName: '', secret, notes })
      model.items.set(id, { name: wanted, secret, notes, revision: 1 })
    }
    expectConflict(taken, add)
  }),
  fc
    .tuple(fc.nat(), fc.option(name, { nil: undefined }), fc.option(text, { nil: undefined }))
    .map<Step>(([index, wanted, secret]) => (vault, model) => {
      const entry = [...model.items][index % Math.max(1, model.items.size)]
      if (entry === undefined) return
      const [id, item] = entry
      const taken = [...model.items].some(([other, { name: held }]) => other !== id && held === wanted)
      const patch = { ...(wanted !== undefined && { name: wanted }), ...(secret !== undefined && { secret }) }
      const edit = (): void => {
        vault.items.edit(id, patch)
        model.items.set(id, { ...item, ...patch, revision: item.revision + 1 })
      }
      expectConflict(taken, edit)
    }),
  fc.nat().map<Step>((index) => (vault, model) => {
    const id = [...model.items.keys()][index % Math.max(1, model.items.size)]
    if (id === undefined) return
    vault.items.remove(id)
    model.items.delete(id)
  }),
  fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }).map<Step>((rows) => (vault, model) => {
    vault.records.putAll(rows.map(([id, one]) => ({ kind: 'grant', id, value: one })))
    for (const [id, one] of rows) {
      if (one === undefined) model.records.delete(id)
      else model.records.set(id, JSON.parse(JSON.stringify(one)))
    }
  }),
)

/** A change that must be refused is; any other error, and a refusal out of place, fails the test. */
function expectConflict(taken: boolean, change: () => void): void {
  if (codeOf(change) !== (taken ? 'conflict' : 'none')) throw new Error('Names were not kept unique')
}

function expectSame(vault: Parts, model: Model): void {
  const held = vault.items.list().map(({ id, name: itemName, revision }) => {
    expect(vault.items.byName(itemName)?.id).toBe(id)
    const secret = vault.items.reveal(id, 'secret')
    return [id, { name: itemName, secret, notes: vault.items.reveal(id, 'notes'), revision }] as const
  })
  expect(new Map(held)).toEqual(model.items)
  expect(new Map(vault.records.list('grant').map(({ id, value: one }) => [id, one]))).toEqual(model.records)
}

let test: TestVault
let files: VaultFiles

beforeAll(async () => {
  test = await createTestVault()
  files = await VaultFiles.of(test)
})
afterAll(() => test.cleanup())

describe('any sequence of changes', () => {
  it('leaves what a plain model holds, after every lock and unlock', () => {
    const session = fc.array(step, { maxLength: 8 })
    fc.assert(
      fc.property(fc.array(session, { minLength: 1, maxLength: 3 }), (sessions) => {
        const model: Model = { items: new Map(), records: new Map() }
        const file = files.copy(test.file)
        for (const steps of sessions) {
          const opened: Opened = files.open(file)
          try {
            expect(opened.named).toEqual([])
            expectSame(opened, model)
            for (const run of steps) run(opened, model)
            expectSame(opened, model)
          } finally {
            opened.close()
          }
        }
        const last = files.open(file)
        expect(last.named).toEqual([])
        expectSame(last, model)
        last.close()
      }),
      { numRuns: 12 },
    )
  })
})
