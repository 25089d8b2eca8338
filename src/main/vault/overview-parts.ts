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

/** Counts up with every change of `Overview`: what a part of another version lacks or adds is not known here. */
const version = 1

/** A damaged page can hold any number, and anything in the place of the seal. */
const Row = z.object({ part: z.number(), sealed: z.unknown() })
const Sealed = z.instanceof(Buffer)
const Part = z.object({ version: z.number(), entries: z.array(z.unknown()) })

/** An overview, and the digest of the whole row that it was sealed in. */
const Entry = z.object({ id: z.string(), digest: z.string(), overview: Overview })
type Entry = z.infer<typeof Entry>

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
  /** Parts that did not open, or said what was once; the items are as they should be. */
  readonly problems: VaultProblem[] = []
  /** Written with the next change of an item, and the wrong ones with the next change of anything. */
  readonly #stale = new Set<number>()
  readonly #wrong = new Set<number>()
  /** The pages themselves cannot be read or written: the vault goes on without. */
  #isBroken = false
  #entries = new Map<string, Entry>()

  /** Reads every part that opens. Throws storage errors other than damage. */
  read(database: Database, { keys, vaultId }: Opener): void {
    try {
      for (const raw of database.prepare('SELECT part, sealed FROM overview_parts').iterate()) {
        const { part, sealed } = Row.parse(raw)
        try {
          const binding = bindingOf(vaultId, part, keys.epoch)
          const opened = openContent(Part, keys.overviews, binding, Sealed.parse(sealed))
          if (opened.version !== version) continue
          for (const entry of z.array(Entry).parse(opened.entries)) this.#entries.set(entry.id, entry)
        } catch {
          this.#report(part)
        }
      }
    } catch (error) {
      this.#goWithout(error)
    }
  }

  /** The overview of the row with this line; null when it is not known. */
  take({ id, digest }: Line): Overview | null {
    const entry = this.#entries.get(id)
    return entry?.digest === digest ? entry.overview : null
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
  save(database: Database, saved: Saved): () => void {
    const { change } = saved
    if (change.nextKeys !== undefined) {
      // No seal of the old epoch may stay: what cannot be written refuses the rotation.
      database.prepare('DELETE FROM overview_parts').run()
      writeParts(database, allParts, saved)
      return () => this.#settled(allParts)
    }
    const ids = [...change.set.values(), ...change.removed.values()].flatMap(({ table, id }) =>
      table === 'items' ? [id] : [],
    )
    const parts = new Set([...this.#wrong, ...ids.map(bucketOf), ...(ids.length === 0 ? [] : this.#stale)])
    if (parts.size === 0 || this.#isBroken) return () => undefined
    try {
      // A transaction of its own inside the other: a bad page in here does not keep the change from being written.
      database.transaction(() => {
        if (this.#wrong.size > 0)
          database.exec(`DELETE FROM overview_parts WHERE part NOT BETWEEN 0 AND ${bucketCount - 1}`)
        writeParts(database, parts, saved)
      })()
    } catch (error) {
      this.#goWithout(error)
    }
    return () => this.#settled(parts)
  }

  #settled(parts: Iterable<number>): void {
    for (const part of parts) {
      this.#stale.delete(part)
      this.#wrong.delete(part)
    }
  }

  #report(part: number): void {
    this.#stale.add(part)
    this.#wrong.add(part)
    this.#name(`part-${part}`, 'A part of the sealed list of names was changed outside Clawkeep. It is written anew;')
  }

  #goWithout(error: unknown): void {
    if (!isDamage(error)) throw error
    this.#isBroken = true
    this.#name(brokenPages, 'The sealed list of names is damaged. Unlocking takes longer without it;')
  }

  #name(id: string, what: string): void {
    if (this.problems.some((problem) => problem.id === id)) return
    this.problems.push({ table: 'overview_parts', id, message: `${what} the items are as they should be.` })
  }
}

/** Whether the problem is over with the next change: nothing is lost by it, and nothing needs to be refused for it. */
export function isWrittenAnew({ table, id }: VaultProblem): boolean {
  return table === 'overview_parts' && id !== brokenPages
}

const brokenPages = 'pages'

const allParts: ReadonlySet<number> = new Set(Array.from({ length: bucketCount }, (_, part) => part))

function writeParts(database: Database, parts: ReadonlySet<number>, saved: Saved): void {
  const { vaultId, keys, linesOf, overviewOf } = saved
  const put = database.prepare('INSERT OR REPLACE INTO overview_parts (part, sealed) VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM overview_parts WHERE part = ?')
  for (const part of parts) {
    const lines = allParts.has(part) ? linesOf(part).values() : []
    const entries = [...lines].flatMap(({ table, id, digest }) => {
      const overview = table === 'items' ? overviewOf(id) : undefined
      return overview === undefined ? [] : [{ id, digest, overview }]
    })
    if (entries.length === 0) remove.run(part)
    else put.run(part, sealContent(keys.overviews, bindingOf(vaultId, part, keys.epoch), { version, entries }))
  }
}

/** An older part put back opens, and is told by the digests in it. */
function bindingOf(vaultId: string, part: number, epoch: number): SealBinding {
  return { vaultId, purpose: 'overviews', id: `part-${part}`, revision: 0, epoch }
}
