import { AppError } from '../../shared/app-error.ts'
import {
  ItemPatch,
  type ItemInput,
  type ItemOverview,
  type ItemView,
  type SecretField,
  type TotpCode,
} from '../../shared/models/item.ts'
import type { VaultAccess } from './access.ts'
import { Files } from './files.ts'
import { withDue } from './item-due.ts'
import { changedContent, parseInput, partToReveal, type Details } from './item-content.ts'
import { History } from './history.ts'
import type { HeldItem, ItemIndex } from './item-index.ts'
import { ItemRows } from './item-rows.ts'
import { openDetails } from './item-seal.ts'
import { NewItems, type NewItem } from './new-items.ts'
import { atOnce, paced, type Course } from './paced.ts'
import { codeAt } from './totp.ts'
import { Trash } from './trash.ts'
import { Revisions } from './revisions.ts'

/**
 * The items of the vault. Overviews are opened at unlock and held in memory; details are opened on demand and
 * forgotten. Every method throws AppError locked while the vault is locked; storage errors leave everything as it was.
 * What is in the trash is found by `trash` alone.
 */
export class Items {
  readonly trash: Trash
  readonly history: History
  readonly files: Files
  readonly #access: VaultAccess
  readonly #index: ItemIndex
  readonly #rows: ItemRows
  readonly #revisions: Revisions
  readonly #newItems: NewItems

  constructor(access: VaultAccess) {
    this.#access = access
    this.#index = access.items
    this.#rows = new ItemRows(access)
    const parts = { access, index: this.#index, rows: this.#rows }
    this.#revisions = new Revisions(parts)
    this.files = new Files(parts)
    this.#newItems = new NewItems({ ...parts, revisions: this.#revisions, files: this.files })
    this.trash = new Trash({ ...parts, revisions: this.#revisions, files: this.files })
    this.history = new History({ ...parts, revisions: this.#revisions })
  }

  /** Ordered by name. */
  list(): ReadonlyArray<ItemOverview> {
    this.#access.unlocked()
    const nowMs = this.#access.clock.now()
    return [...this.#index.all()]
      .filter((item) => item.trashedAtMs === null)
      .toSorted((left, right) => compareText(left.name, right.name))
      .map((item) => withDue(item, nowMs))
  }

  /** Throws AppError not_found. */
  get(id: string): HeldItem {
    this.#access.unlocked()
    return withDue(this.#index.get(id), this.#access.clock.now())
  }

  /** False as well for what is in the trash. */
  has(id: string): boolean {
    this.#access.unlocked()
    return this.#index.find(id)?.trashedAtMs === null
  }

  /** How many items expired, expire soon, or are to be changed now or soon. */
  countDue(): number {
    this.#access.unlocked()
    return this.#index.countDue(this.#access.clock.now())
  }

  /** Exact, case-sensitive, after NFC. */
  byName(name: string): ItemOverview | undefined {
    this.#access.unlocked()
    return this.#index.byName(name)
  }

  /** The item with the names of its own fields, the values of those that are not hidden, and its files. Throws AppError not_found, damaged. */
  view(id: string): ItemView {
    const session = this.#access.unlocked()
    const overview = this.get(id)
    const details = openDetails(this.#rows.item(id, session), session)
    return {
      ...overview,
      fields: details.fields.map(({ value, ...field }) => ({ ...field, value: field.hidden ? null : value })),
      fileList: [...this.files.list(id)],
      sealed: (['secret', 'notes'] as const).filter((part) => details[part] !== ''),
      versions: this.#rows.countVersions(id),
    }
  }

  /** Throws AppError conflict when the name is taken, invalid when a field is not as it must be. */
  add(input: ItemInput): ItemOverview {
    return this.addMany([{ input }])[0] as ItemOverview
  }

  /** Adds all in one transaction, or none; see `NewItems.add` for what it throws. What is replaced goes into the trash in the same. */
  addMany(entries: ReadonlyArray<NewItem>): ReadonlyArray<ItemOverview> {
    return overviews(atOnce(this.#newItems.add(entries)))
  }

  /** The same, with pauses while they are sealed. Also throws AppError cancelled; nothing is added then. */
  async addPaced(entries: ReadonlyArray<NewItem>, course: Course): Promise<ReadonlyArray<ItemOverview>> {
    return overviews(await paced(this.#newItems.add(entries), course, entries.length))
  }

  /** Seals the overview anew, the details only when they change. Throws AppError not_found, conflict, invalid. */
  edit(id: string, patch: ItemPatch): ItemOverview {
    this.get(id)
    const parsed = parseInput(ItemPatch, patch)
    if (parsed.name !== undefined) this.#index.checkName(parsed.name, id)
    return this.#revisions.make(id, (before, nowMs) => changedContent(before, parsed, nowMs))
  }

  /** Puts the item into the trash; what is left of a damaged item is erased. Throws AppError not_found. */
  remove(id: string): void {
    this.#access.unlocked()
    if (this.#index.find(id) === undefined) this.trash.erase([id])
    else this.trash.put(id)
  }

  /** One field in the clear. The caller audits it. Throws AppError not_found, damaged. */
  reveal(id: string, field: SecretField): string {
    this.get(id)
    const session = this.#access.unlocked()
    return partToReveal(openDetails(this.#rows.item(id, session), session), field)
  }

  /** All of an item in the clear, for an export or the check of all secrets. The caller audits it. Throws AppError not_found, damaged. */
  whole(id: string): { readonly overview: HeldItem; readonly details: Details } {
    const session = this.#access.unlocked()
    const overview = withDue(this.#index.get(id), this.#access.clock.now())
    return { overview, details: openDetails(this.#rows.item(id, session), session) }
  }

  /** The one-time code of now (RFC 6238). The caller audits it. Throws AppError not_found when the item has no codes. */
  code(id: string): TotpCode {
    const uri = this.reveal(id, 'totp')
    if (uri !== '') return codeAt(uri, this.#access.clock.now())
    throw new AppError('not_found', 'This item has no one-time codes.', {
      hint: 'Add the otpauth address or the seed to it.',
    })
  }

  /** Lends the secret for one call; keep it no longer than that. Throws AppError refused when there is none. */
  useSecret<T>(id: string, use: (secret: string) => T): T {
    const secret = this.reveal(id, 'secret')
    if (secret !== '') return use(secret)
    throw new AppError('refused', `The item “${this.get(id).name}” has no secret to use.`, {
      hint: 'The person can add it in Clawkeep, under Keys.',
    })
  }

  /** Takes over the overviews that were opened at unlock. */
  load(items: Iterable<HeldItem>): void {
    this.clear()
    for (const item of items) this.#index.put(item)
  }

  /** Drops everything held in memory. */
  clear(): void {
    this.#index.clear()
    this.files.clear()
  }
}

function overviews(items: ReadonlyArray<HeldItem>): ReadonlyArray<ItemOverview> {
  return items.map((item) => withDue(item, item.updatedAtMs))
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
