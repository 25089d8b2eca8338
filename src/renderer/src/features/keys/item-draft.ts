import { dayOf, dayToMs } from '../../../../shared/calendar-day.ts'
import {
  type FieldPatch,
  type ItemInput,
  type ItemKind,
  type ItemOverview,
  type ItemPatch,
  type ItemView,
  usableKinds,
} from '../../../../shared/models/item.ts'
import { writtenHosts } from './hosts-field.tsx'
import { kindLooks } from './item-kind.ts'
import { writtenTags } from './tags-field.tsx'

/** A field of the person's own while it is edited; `value` null: it is sealed and stays as it is. */
export type FieldDraft = {
  /** Tells the rows apart, also new ones. */
  readonly key: string
  readonly id: string | null
  readonly name: string
  readonly hidden: boolean
  readonly value: string | null
}

/** An item while it is made or edited: what was typed, not yet checked. */
export type ItemDraft = {
  readonly kind: ItemKind
  readonly name: string
  readonly userName: string
  /** Empty while editing: it stays as it is. */
  readonly secret: string
  readonly sshKey: 'make' | 'paste'
  /** An otpauth address or a base32 seed; empty while editing: it stays as it is. */
  readonly seed: string
  readonly dropSeed: boolean
  readonly hosts: ReadonlyArray<string>
  readonly hostText: string
  /** Null: sealed, and they stay as they are. */
  readonly notes: string | null
  readonly tags: ReadonlyArray<string>
  readonly tagText: string
  readonly favourite: boolean
  /** Days as a date field writes them; empty: none. */
  readonly expires: string
  readonly rotateBy: string
  readonly fields: ReadonlyArray<FieldDraft>
}

/** What an edit begins with. */
export type EditedItem = { readonly item: ItemOverview } & Pick<ItemView, 'fields' | 'sealed'>

export const newDraft: ItemDraft = {
  kind: 'api-key',
  name: '',
  userName: '',
  secret: '',
  sshKey: 'make',
  seed: '',
  dropSeed: false,
  hosts: [],
  hostText: '',
  notes: '',
  tags: [],
  tagText: '',
  favourite: false,
  expires: '',
  rotateBy: '',
  fields: [],
}

/** An item as it is, its secrets sealed. */
export function draftOf({ item, fields, sealed }: EditedItem): ItemDraft {
  const { kind, name, userName, hosts, tags, favourite } = item
  return {
    ...newDraft,
    ...{ kind, name, userName, hosts, tags, favourite },
    sshKey: 'paste',
    // Where there are none, nothing has to be opened before some are written.
    notes: sealed.includes('notes') ? null : '',
    expires: item.expiresAtMs === null ? '' : dayOf(item.expiresAtMs),
    rotateBy: item.rotateByMs === null ? '' : dayOf(item.rotateByMs),
    fields: fields.map((field) => ({ ...field, key: field.id })),
  }
}

/** Whether a kind is entered with a seed of one-time codes. */
export function takesSeed(kind: ItemKind): boolean {
  return kind === 'totp' || kind === 'login'
}

/** The new item: of what was typed only what its kind has. */
export function toInput(draft: ItemDraft): ItemInput {
  const { kind, secret, seed, sshKey } = draft
  const hasSecret = kindLooks[kind].secretName !== null && (kind !== 'ssh-key' || sshKey === 'paste')
  return {
    kind,
    ...openParts(draft),
    secret: hasSecret ? secret : '',
    totp: takesSeed(kind) ? seed : '',
    notes: draft.notes ?? '',
    fields: draft.fields.map(({ name, hidden, value }) => ({ name, hidden, value: value ?? '' })),
  }
}

/** What was changed, and nothing else: what another window or the command line changed meanwhile stays. */
export function toPatch(draft: ItemDraft, edited: EditedItem): ItemPatch {
  const before = draftOf(edited)
  const { secret, seed, dropSeed, notes } = draft
  const [now, then] = [openParts(draft), openParts(before)]
  const changed = Object.entries(now).filter(
    ([part, value]) => JSON.stringify(value) !== JSON.stringify(then[part as keyof typeof then]),
  )
  return {
    ...Object.fromEntries(changed),
    ...(secret !== '' && { secret }),
    ...(dropSeed ? { totp: '' } : seed !== '' && { totp: seed }),
    ...(notes !== null && notes !== before.notes && { notes }),
    ...(JSON.stringify(draft.fields) !== JSON.stringify(before.fields) && { fields: draft.fields.map(fieldPatch) }),
  }
}

function openParts({ kind, name, userName, hosts, hostText, tags, tagText, favourite, expires, rotateBy }: ItemDraft) {
  return {
    name,
    userName,
    hosts: usableKinds.includes(kind) ? [...hosts, ...writtenHosts(hostText)] : [...hosts],
    tags: [...tags, ...writtenTags(tagText)],
    favourite,
    expiresAtMs: dayToMs(expires),
    rotateByMs: dayToMs(rotateBy),
  }
}

function fieldPatch({ id, name, hidden, value }: FieldDraft): FieldPatch {
  return { ...(id !== null && { id }), name, hidden, ...(value !== null && { value }) }
}
