import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { VaultFiles, type Opened } from './vault-file.ts'

type Version = { readonly revision: number; readonly secret: string; readonly notes: string }
type Kept = Version & { readonly name: string; readonly versions: ReadonlyArray<Version> }

/** The history after a change: what was there comes first, and the last ten stay. */
function kept({ revision, secret, notes, versions }: Kept): ReadonlyArray<Version> {
  return [{ revision, secret, notes }, ...versions].slice(0, 10)
}

/** What the vault must hold, as plain data. */
type Model = {
  readonly items: Map<string, Kept>
  readonly trash: Map<string, Kept>
  readonly records: Map<string, unknown>
}

type Parts = Pick<Vault, 'items' | 'records'>
type Step = (vault: Parts, model: Model) => void

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((value) => !value.includes('\0')),
  fc.string({ minLength: 900, maxLength: 2000 }),
)
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, text, text).map<Step>(([wanted, secret, notes]) => (vault, model) => {
    const taken = [...model.items.values()].some((item) => item.name === wanted)
    const add = (): void => {
      const { id } = vault.items.add({ kind: 'login', name: wanted, hosts: [], userName: '', secret, notes })
      model.items.set(id, { name: wanted, secret, notes, revision: 1, versions: [] })
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
        const differs = secret !== undefined && secret !== item.secret
        const versions = differs ? kept(item) : item.versions
        model.items.set(id, { ...item, ...patch, revision: item.revision + 1, versions })
      }
      expectConflict(taken, edit)
    }),
  fc.nat().map<Step>((index) => (vault, model) => {
    const id = [...model.items.keys()][index % Math.max(1, model.items.size)]
    if (id === undefined) return
    vault.items.remove(id)
    model.trash.set(id, model.items.get(id) as Kept)
    model.items.delete(id)
  }),
  fc.tuple(fc.nat(), fc.boolean()).map<Step>(([index, forGood]) => (vault, model) => {
    const entry = [...model.trash][index % Math.max(1, model.trash.size)]
    if (entry === undefined) return
    const [id, item] = entry
    if (forGood) {
      vault.items.trash.erase([id])
      model.trash.delete(id)
      return
    }
    const taken = [...model.items.values()].some((other) => other.name === item.name)
    const restore = (): void => {
      vault.items.trash.restore(id)
      model.trash.delete(id)
      // Into the trash and out again: two revisions.
      model.items.set(id, { ...item, revision: item.revision + 2 })
    }
    expectConflict(taken, restore)
  }),
  fc.nat().map<Step>((index) => (vault, model) => {
    const entry = [...model.items].find(([, { versions }]) => versions.length > 0)
    if (entry === undefined) return
    const [id, item] = entry
    const at = index % item.versions.length
    const version = item.versions[at] as Version
    vault.items.history.restore(id, version.revision)
    const { secret, notes } = version
    const same = secret === item.secret && notes === item.notes
    model.items.set(id, {
      ...item,
      secret,
      notes,
      revision: item.revision + 1,
      versions: same ? item.versions : kept(item),
    })
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
    const versions = vault.items.history.list(id).map((version) => ({
      revision: version.revision,
      secret: vault.items.history.reveal(id, version.revision, 'secret'),
      notes: vault.items.history.reveal(id, version.revision, 'notes'),
    }))
    return [id, { name: itemName, secret, notes: vault.items.reveal(id, 'notes'), revision, versions }] as const
  })
  expect(new Map(held)).toEqual(model.items)
  expect(new Set(vault.items.trash.list().map(({ id }) => id))).toEqual(new Set(model.trash.keys()))
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
        const model: Model = { items: new Map(), trash: new Map(), records: new Map() }
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
