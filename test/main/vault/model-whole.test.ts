import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Course } from '../../../src/main/vault/paced.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const course: Course = { signal: new AbortController().signal }

/** What the vault must hold, as plain data. */
type Model = Map<string, { readonly secret: string; readonly uses: number }>
type World = { readonly test: TestVault; model: Model; readonly backups: Array<{ file: string; model: Model }> }
type Step = { readonly name: string; readonly run: (world: World) => Promise<void> }

const itemName = fc.constantFrom('a', 'b', 'c')
const secret = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).filter((text) => !text.includes('\0'))

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(itemName, secret, fc.nat(9)).map<Step>(([name, value, uses]) => ({
      name: `put ${name}`,
      async run({ test: { vault }, model }) {
        const known = vault.items.byName(name)
        if (known === undefined)
          vault.items.add({ kind: 'api-key', name, hosts: [], userName: '', secret: value, notes: '' })
        else vault.items.edit(known.id, { secret: value })
        vault.records.put('grant', name, { uses })
        model.set(name, { secret: value, uses })
      },
    })),
  },
  {
    weight: 2,
    arbitrary: itemName.map<Step>((name) => ({
      name: `remove ${name}`,
      async run({ test: { vault }, model }) {
        const known = vault.items.byName(name)
        if (known === undefined) return
        vault.items.remove(known.id)
        vault.records.remove('grant', name)
        model.delete(name)
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>({
      name: 'rotate',
      run: ({ test: { vault } }) => vault.whole.rotate(course, async () => {}),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({
      name: 'lock',
      async run({ test: { vault, password } }) {
        vault.lock()
        await vault.unlock(password)
      },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>({
      name: 'backup',
      async run({ test: { vault, home }, model, backups }) {
        const file = join(home, 'kept', `${backups.length}.ckbackup`)
        mkdirSync(join(home, 'kept'), { recursive: true })
        const { problems } = await vault.whole.copyTo(file, course)
        if (problems.length > 0) throw new Error('The backup is not whole')
        backups.push({ file, model: new Map(model) })
      },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map<Step>((index) => ({
      name: 'restore',
      async run(world) {
        const { vault, password } = world.test
        const backup = world.backups[index % Math.max(1, world.backups.length)]
        if (backup === undefined) return
        await vault.whole.restore({ from: backup.file, password }, course)
        await vault.unlock(password)
        world.model = new Map(backup.model)
      },
    })),
  },
)

function expectSame({ test: { vault }, model }: World): void {
  const held = vault.items.list().map(({ id, name }) => {
    const grant = vault.records.get('grant', name) as { uses: number }
    return [name, { secret: vault.items.reveal(id, 'secret'), uses: grant.uses }] as const
  })
  expect(new Map(held)).toEqual(model)
  expect(vault.records.list('grant')).toHaveLength(model.size)
  expect(vault.problems).toEqual([])
}

it('any sequence of edits, rotations, locks, backups and restores leaves what a plain model holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const world: World = { test: await createTestVault(), model: new Map(), backups: [] }
      try {
        for (const { run } of steps) {
          await run(world)
          expectSame(world)
        }
        world.test.vault.lock()
        await world.test.vault.unlock(world.test.password)
        expectSame(world)
      } finally {
        world.test.cleanup()
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)
