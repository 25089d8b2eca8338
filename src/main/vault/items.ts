import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { ItemInput, ItemKind, ItemPatch, type ItemOverview, type SecretField } from '../../shared/models/item.ts'
import { newId } from '../ids.ts'
import type { Session, VaultAccess } from './access.ts'
import { newKey } from './keys.ts'
import { itemLine } from './manifest-lines.ts'
import { ItemRow } from './schema.ts'
import { open, seal, type SealBinding, type SealPurpose } from './seal.ts'

/** The sealed part that lists and search see. */
const Overview = z.object({
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
})
type Overview = z.infer<typeof Overview>

/** The sealed part that is only opened when asked for. */
const Details = z.object({ secret: z.string(), notes: z.string() })
type Details = z.infer<typeof Details>

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
    if (overview === undefined) throw new AppError('not_found', 'There is no such item.', { hint: 'It may have been removed.' })
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
      const { keys, vaultId } = session
      const key = newKey()
      try {
        const row: ItemRow = {
          id,
          revision: 1,
          details_revision: 1,
          epoch: keys.epoch,
          content_epoch: keys.epoch,
          sealed_key: seal(keys.itemWrap, keyBinding(vaultId, id, keys.epoch, keys.epoch), key),
          sealed_overview: sealContent(key, contentBinding(vaultId, 'item-overview', id, 1, keys.epoch), overview),
          sealed_details: sealContent(key, contentBinding(vaultId, 'item-details', id, 1, keys.epoch), { secret, notes }),
        }
        this.#store(row)
        change.put(itemLine(row))
      } finally {
        key.fill(0)
      }
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
    let revision = before.revision
    this.#access.write((change, session) => {
      const { vaultId } = session
      const row = this.#row(id, session)
      const key = openItemKey(row, session)
      try {
        const details = openDetails(row, key, vaultId)
        const newDetails: Details = { secret: parsed.secret ?? details.secret, notes: parsed.notes ?? details.notes }
        const detailsChange = newDetails.secret !== details.secret || newDetails.notes !== details.notes
        revision = row.revision + 1
        const next: ItemRow = {
          ...row,
          revision,
          sealed_overview: sealContent(key, contentBinding(vaultId, 'item-overview', id, revision, row.content_epoch), overview),
          ...(detailsChange && {
            details_revision: revision,
            sealed_details: sealContent(key, contentBinding(vaultId, 'item-details', id, revision, row.content_epoch), newDetails),
          }),
        }
        this.#store(next)
        change.put(itemLine(next))
      } finally {
        key.fill(0)
      }
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
    const row = this.#row(id, session)
    const key = openItemKey(row, session)
    try {
      return openDetails(row, key, session.vaultId)[field]
    } finally {
      key.fill(0)
    }
  }

  /** Lends the secret for one call; keep it no longer than that. */
  useSecret<T>(id: string, use: (secret: string) => T): T {
    return use(this.reveal(id, 'secret'))
  }

  /** Opens one overview at unlock; the vault calls it for rows that the manifest vouches for. Throws when it does not open. */
  load(row: ItemRow, session: Pick<Session, 'keys' | 'vaultId'>): void {
    const key = openItemKey(row, session)
    try {
      const binding = contentBinding(session.vaultId, 'item-overview', row.id, row.revision, row.content_epoch)
      const overview = openContent(Overview, key, binding, row.sealed_overview)
      this.#index({ id: row.id, ...overview, revision: row.revision })
    } finally {
      key.fill(0)
    }
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
      throw new AppError('conflict', 'Another item has this name.', { hint: 'Choose a different name; {{secret:NAME}} must be unique.' })
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
    const row = ItemRow.safeParse(this.#access.database.prepare('SELECT * FROM items WHERE id = ?').get(id))
    if (row.success && session.manifest.vouchesFor(itemLine(row.data))) return row.data
    throw new AppError('damaged', 'This item was changed outside Clawkeep and is not used.', {
      hint: 'Put a backup of the vault in its place, or remove the item.',
    })
  }

  #store(row: ItemRow): void {
    this.#access.database
      .prepare(
        `INSERT OR REPLACE INTO items (id, revision, details_revision, epoch, content_epoch, sealed_key, sealed_overview, sealed_details)
         VALUES (@id, @revision, @details_revision, @epoch, @content_epoch, @sealed_key, @sealed_overview, @sealed_details)`,
      )
      .run(row)
  }
}

/** Contents stay sealed as they are when rotation only wraps the item key anew, so they are bound to the epoch of that key. */
function contentBinding(vaultId: string, purpose: SealPurpose, id: string, revision: number, contentEpoch: number): SealBinding {
  return { vaultId, purpose, id, revision, epoch: contentEpoch }
}

/** The item key never changes while the item lives, so its seal has no revision of its own. */
function keyBinding(vaultId: string, id: string, epoch: number, contentEpoch: number): SealBinding {
  return { vaultId, purpose: 'item-key', id, revision: 0, epoch, extra: [contentEpoch] }
}

function openItemKey(row: ItemRow, { keys, vaultId }: Pick<Session, 'keys' | 'vaultId'>): Buffer {
  return open(keys.itemWrap, keyBinding(vaultId, row.id, row.epoch, row.content_epoch), row.sealed_key)
}

function openDetails(row: ItemRow, key: Buffer, vaultId: string): Details {
  const binding = contentBinding(vaultId, 'item-details', row.id, row.details_revision, row.content_epoch)
  return openContent(Details, key, binding, row.sealed_details)
}

function sealContent(key: Buffer, binding: SealBinding, content: Overview | Details): Buffer {
  const plain = Buffer.from(JSON.stringify(content), 'utf8')
  try {
    return seal(key, binding, plain)
  } finally {
    plain.fill(0)
  }
}

function openContent<T>(schema: z.ZodType<T>, key: Buffer, binding: SealBinding, sealed: Buffer): T {
  const plain = open(key, binding, sealed)
  try {
    return schema.parse(JSON.parse(plain.toString('utf8')))
  } finally {
    plain.fill(0)
  }
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AppError('invalid', result.error.issues[0]?.message ?? 'A field is not as it must be.', { hint: 'Correct it and try again.' })
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
