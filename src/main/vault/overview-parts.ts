import { z } from 'zod'
import type { Database } from '../db/open.ts'
import { Overview } from './item-content.ts'
import { openContent, sealContent, type Opener } from './item-key.ts'
import type { Keys } from './keys.ts'
import type { ManifestChange } from './manifest.ts'
import type { VaultProblem } from './manifest-check.ts'
import { bucketCount, bucketOf, type Bucket, type Line } from './manifest-lines.ts'
import { isDamage } from './read-rows.ts'
import type { SealBinding } from './seal.ts'

/** A damaged page can hold any number, and anything in the place of the seal. */
const Row = z.object({ part: z.number(), sealed: z.unknown() })
const Sealed = z.instanceof(Buffer)

/** An overview, and the digest of the whole row that it was sealed in. */
const Entry = z.object({ id: z.string(), digest: z.string(), overview: Overview })
type Entry = z.infer<typeof Entry>
const Part = z.object({ entries: z.array(Entry) })

/** What a change writes, and what the vault holds after it. */
type Saved = {
  readonly change: ManifestChange
  readonly vaultId: string
  readonly keys: Keys
  /** The lines of a bucket of the manifest after the change. */
  readonly linesOf: (bucket: number) => Bucket
  /** May hold more than an overview does; that is left out when it is read. */
  readonly overviewOf: (id: string) => object | undefined
}

/**
 * The overviews once more, those of one bucket of the manifest sealed together, so that an unlock opens 256 seals instead of two for each
 * item. It is a short cut and proves nothing: an overview from here is only taken for a row of the very digest it was sealed with, and
 * what is missing is opened from its own row. Written in the transaction of each change of an item.
 */
export class OverviewParts {
  /** Parts that do not open, or say what was once; the rows of the items are not touched by that. */
  readonly problems: VaultProblem[] = []
  readonly #stale = new Set<number>()
  #entries = new Map<string, Entry>()

  /** Reads every part that opens. Throws storage errors other than damage. */
  constructor(database: Database, { keys, vaultId }: Opener) {
    for (const { part, sealed } of readParts(database)) {
      try {
        const binding = bindingOf(vaultId, part, keys.epoch)
        const { entries } = openContent(Part, keys.overviews, binding, Sealed.parse(sealed))
        for (const entry of entries) this.#entries.set(entry.id, entry)
      } catch {
        this.#report(part)
      }
    }
  }

  /** The overview of the row with this line, once; null when it is not known. */
  take({ id, digest }: Line): Overview | null {
    const entry = this.#entries.get(id)
    if (entry?.digest !== digest) return null
    this.#entries.delete(id)
    return entry.overview
  }

  /** Call when all were asked for: `missed` are the lines of the rows that are as they should be, and were not known here. */
  settle(missed: ReadonlyArray<Line>): void {
    for (const line of missed) {
      if (this.#entries.has(line.id)) this.#report(line.bucket)
      this.#stale.add(line.bucket)
    }
    this.#entries = new Map()
  }

  /** Call inside the transaction of a change; the returned function is to be called when that is durable. */
  save(database: Database, { change, vaultId, keys, linesOf, overviewOf }: Saved): () => void {
    const changed = [...change.set.values(), ...change.removed.values()].filter(({ table }) => table === 'items')
    const isRotation = change.nextKeys !== undefined
    if (changed.length === 0 && !isRotation) return () => undefined
    if (isRotation) database.prepare('DELETE FROM overview_parts').run()
    const all = Array.from({ length: bucketCount }, (_, part) => part)
    const parts = new Set(isRotation ? all : [...changed.map(({ id }) => bucketOf(id)), ...this.#stale])
    const put = database.prepare('INSERT OR REPLACE INTO overview_parts (part, sealed) VALUES (?, ?)')
    const remove = database.prepare('DELETE FROM overview_parts WHERE part = ?')
    for (const part of parts) {
      // A number that no part has came from outside, and is only removed.
      const lines = part in all ? linesOf(part).values() : []
      const entries = [...lines].flatMap(({ table, id, digest }) => {
        const overview = table === 'items' ? overviewOf(id) : undefined
        return overview === undefined ? [] : [{ id, digest, overview }]
      })
      if (entries.length === 0) remove.run(part)
      else put.run(part, sealContent(keys.overviews, bindingOf(vaultId, part, keys.epoch), { entries }))
    }
    return () => this.#stale.clear()
  }

  #report(part: number): void {
    this.#stale.add(part)
    const id = `part-${part}`
    if (this.problems.some((problem) => problem.id === id)) return
    const message = 'A part of the sealed list of names was changed outside Clawkeep. The items are as they should be.'
    this.problems.push({ table: 'overview_parts', id, message })
  }
}

/** An older part put back opens, and is told by the digests in it. */
function bindingOf(vaultId: string, part: number, epoch: number): SealBinding {
  return { vaultId, purpose: 'overviews', id: `part-${part}`, revision: 0, epoch }
}

function* readParts(database: Database): Generator<z.output<typeof Row>> {
  try {
    for (const raw of database.prepare('SELECT part, sealed FROM overview_parts').iterate()) yield Row.parse(raw)
  } catch (error) {
    if (!isDamage(error)) throw error
  }
}
