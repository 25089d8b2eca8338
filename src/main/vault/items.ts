import type { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { ItemInput, ItemPatch, type ItemOverview, type SecretField } from '../../shared/models/item.ts'
import { newId } from '../ids.ts'
import type { Session, VaultAccess } from './access.ts'
import { openDetails, sealNewItem, sealNextRevision, type Overview } from './item-seal.ts'
import type { ManifestChange } from './manifest.ts'
import { itemLine } from './manifest-lines.ts'
import { ItemRow } from './schema.ts'

/**
 * The items of the vault. Overviews are opened at unlock and held in memory; details are opened on demand and
 * forgotten. Every method throws AppError locked while the vault is locked; storage errors leave everything as it was.
 */
export class Items {
  readonly #access: VaultAccess
  #overviews = new Map<string, ItemOverview>()
  #idsByName = new Map<string, string>()

  constructor(access: VaultAccess) {
    this.#access = access
  }

  /** Ordered by name. */
  list(): ReadonlyArray<ItemOverview> {
    this.#access.unlocked()
    return [...this.#overviews.values()].toSorted((left, right) => compareText(left.name, right.name))
  }

  /** Throws AppError not_found. */
  get(id: string): ItemOverview {
    this.#access.unlocked()
    const overview = this.#overviews.get(id)
    if (overview === undefined)
      throw new AppError('not_found', 'There is no such item.', { hint: 'It may have been removed.' })
    return overview
  }

  /** Exact, case-sensitive, after NFC. */
  byName(name: string): ItemOverview | undefined {
    this.#access.unlocked()
    const id = this.#idsByName.get(name.normalize('NFC'))
    return id === undefined ? undefined : this.#overviews.get(id)
  }

  /** Throws AppError conflict when the name is taken, invalid when a field is not as it must be. */
  add(input: ItemInput): ItemOverview {
    const { kind, name, hosts, userName, secret, notes } = parse(ItemInput, input)
    const nowMs = this.#access.clock.now()
    const overview = this.#named({ kind, name, hosts, userName, createdAtMs: nowMs, updatedAtMs: nowMs }, null)
    const id = newId('itm')
    this.#access.write((change, session) => {
      this.#store(sealNewItem(id, overview, { secret, notes }, session), change)
    })
    return this.#keep({ id, ...overview, revision: 1 })
  }

  /** Seals the overview anew, the details only when they change. Throws AppError not_found, conflict, invalid. */
  edit(id: string, patch: ItemPatch): ItemOverview {
    const before = this.get(id)
    const parsed = parse(ItemPatch, patch)
    const { id: _id, revision: _revision, ...kept } = before
    const overview = this.#named(
      {
        ...kept,
        name: parsed.name ?? kept.name,
        hosts: parsed.hosts ?? [...kept.hosts],
        userName: parsed.userName ?? kept.userName,
        updatedAtMs: this.#access.clock.now(),
      },
      id,
    )
    const details = {
      ...(parsed.secret !== undefined && { secret: parsed.secret }),
      ...(parsed.notes !== undefined && { notes: parsed.notes }),
    }
    let revision = before.revision
    this.#access.write((change, session) => {
      const next = sealNextRevision(this.#row(id, session), overview, details, session)
      revision = next.revision
      this.#store(next, change)
    })
    return this.#keep({ id, ...overview, revision })
  }

  /** Overwrites the row in the file. Also removes the rest of a damaged item. Throws AppError not_found. */
  remove(id: string): void {
    this.#access.unlocked()
    this.#access.write((change, { manifest }) => {
      const { changes } = this.#access.database.prepare('DELETE FROM items WHERE id = ?').run(id)
      if (changes === 0 && manifest.revisionOf('items', id) === 0) {
        throw new AppError('not_found', 'There is no such item.', { hint: 'It may have been removed.' })
      }
      change.remove('items', id)
    })
    this.#forget(id)
    this.#access.events.emit('items')
  }

  /** One field in the clear. The caller audits it. Throws AppError not_found, damaged. */
  reveal(id: string, field: SecretField): string {
    this.get(id)
    const session = this.#access.unlocked()
    return openDetails(this.#row(id, session), session)[field]
  }

  /** Lends the secret for one call; keep it no longer than that. */
  useSecret<T>(id: string, use: (secret: string) => T): T {
    return use(this.reveal(id, 'secret'))
  }

  /** Takes over the overviews that were opened at unlock. */
  load(overviews: Iterable<ItemOverview>): void {
    this.clear()
    for (const overview of overviews) this.#index(overview)
  }

  /** Drops everything held in memory. */
  clear(): void {
    this.#overviews = new Map()
    this.#idsByName = new Map()
  }

  #named(overview: Overview, id: string | null): Overview {
    const name = overview.name.normalize('NFC')
    const holder = this.byName(name)
    if (holder !== undefined && holder.id !== id) {
      throw new AppError('conflict', 'Another item has this name.', {
        hint: 'Choose a different name; {{secret:NAME}} must be unique.',
      })
    }
    return { ...overview, name }
  }

  #keep(overview: ItemOverview): ItemOverview {
    this.#forget(overview.id)
    this.#index(overview)
    this.#access.events.emit('items')
    return overview
  }

  #index(overview: ItemOverview): void {
    this.#overviews.set(overview.id, Object.freeze(overview))
    this.#idsByName.set(overview.name, overview.id)
  }

  #forget(id: string): void {
    const overview = this.#overviews.get(id)
    this.#overviews.delete(id)
    if (overview !== undefined && this.#idsByName.get(overview.name) === id) this.#idsByName.delete(overview.name)
  }

  #row(id: string, session: Session): ItemRow {
    const raw = this.#access.read((database) => database.prepare('SELECT * FROM items WHERE id = ?').get(id))
    const row = ItemRow.safeParse(raw)
    if (row.success && session.manifest.vouchesFor(itemLine(row.data))) return row.data
    throw new AppError('damaged', 'This item was changed outside Clawkeep and is not used.', {
      hint: 'Put a backup of the vault in its place, or remove the item.',
    })
  }

  #store(row: ItemRow, change: ManifestChange): void {
    this.#access.database
      .prepare(
        `INSERT OR REPLACE INTO items (id, revision, details_revision, epoch, content_epoch, sealed_key, sealed_overview, sealed_details)
         VALUES (@id, @revision, @details_revision, @epoch, @content_epoch, @sealed_key, @sealed_overview, @sealed_details)`,
      )
      .run(row)
    change.put(itemLine(row))
  }
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AppError('invalid', result.error.issues[0]?.message ?? 'A field is not as it must be.', {
    hint: 'Correct it and try again.',
  })
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
