import type { Database } from '../db/open.ts'
import type { Session } from './access.ts'
import { checksumHolds, headerDigest, slotsDigest, type Header } from './header.ts'
import { heldItem, type HeldItem } from './item-index.ts'
import { openOverview, openWhole } from './item-seal.ts'
import { folderOf, sizeOf } from './file-folder.ts'
import { atOnce } from './paced.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { deriveKeys, wipeKeys, type Keys } from './keys.ts'
import { OverviewParts } from './overview-parts.ts'
import { Manifest } from './manifest.ts'
import type { ManifestContext } from './manifest-mac.ts'
import type { VaultProblem } from './manifest-check.ts'
import {
  addLine,
  emptyBuckets,
  fileLine,
  itemAtOnceLine,
  ownKeyLine,
  recordLine,
  versionLine,
  type Line,
} from './manifest-lines.ts'
import { openOwnKey, publicBytes, type OwnKeys } from './own-keys.ts'
import { readRows, splitItem } from './read-rows.ts'
import type { OwnKeyRow } from './schema.ts'

/** A session, and what it holds open; `names` gives those of every item whose overview opens, also of those that are not used. */
export type StartedSession = {
  readonly session: Session
  readonly items: ReadonlyArray<HeldItem>
  readonly names: () => ReadonlyMap<string, string>
}

/**
 * Builds the session of an opened slot: checks every row against the manifest and opens the overviews of those it
 * vouches for. Damage is listed in `problems`, and what is damaged is left out; only storage errors throw.
 */
export function startSession(database: Database, header: Header, slot: OpenedSlot): StartedSession {
  const keys = deriveKeys(slot.vaultKey, header.row.vault_id, slot.epoch)
  try {
    return atOnce(checkAndOpen(database, header, { slot, keys, mode: 'quick' }))
  } catch (error) {
    wipeKeys(keys)
    throw error
  }
}

type Found = {
  readonly line: Line
  readonly isKnown: boolean
  readonly item: HeldItem | null
  /** True as well while nobody looked. */
  readonly isWhole: boolean
}

/**
 * As `startSession`, row by row, so that who has time can pause in between; `keys` stay the caller's. `whole` opens every item from
 * its own row, to its last part.
 */
export function* checkAndOpen(
  database: Database,
  header: Header,
  { slot, keys, mode }: { slot: OpenedSlot; keys: Keys; mode: 'quick' | 'whole' },
): Generator<void, StartedSession> {
  const vaultId = header.row.vault_id
  const rows = emptyBuckets()
  const opener = { keys, vaultId }
  const parts = new OverviewParts()
  if (mode === 'quick') parts.read(database, opener)
  const found: Found[] = []
  for (const row of readRows(database, 'items')) {
    const line = itemAtOnceLine(row)
    addLine(rows, line)
    const known = parts.take(line)
    const whole = mode === 'whole' ? orNull(() => openWhole(splitItem(row), opener)) : null
    const overview = mode === 'whole' ? whole?.overview : (known ?? orNull(() => openOverview(splitItem(row), opener)))
    const item = overview ? heldItem(row.id, row.revision, overview, 0) : null
    found.push({ line, isKnown: known !== null, item, isWhole: whole?.isWhole ?? true })
    yield
  }
  for (const row of readRows(database, 'item_versions')) {
    addLine(rows, versionLine(row))
    yield
  }
  const files: FoundFile[] = []
  for (const row of readRows(database, 'files')) {
    const line = fileLine(row)
    addLine(rows, line)
    files.push({ line, id: row.id, itemId: row.item_id, sealedBytes: row.sealed_bytes })
    yield
  }
  for (const row of readRows(database, 'records')) {
    addLine(rows, recordLine(row))
    yield
  }
  const ownKeyRows: OwnKeyRow[] = []
  for (const row of readRows(database, 'own_keys')) {
    addLine(rows, ownKeyLine(row))
    ownKeyRows.push(row)
  }

  const manifest = new Manifest(database, manifestContext(keys, header), rows)
  const vouched = manifest.problems.length === 0 ? found : found.filter(({ line }) => manifest.vouchesFor(line))
  parts.settle(vouched.flatMap(({ line, isKnown }) => (isKnown ? [] : [line])))
  const problems = [...manifest.problems, ...parts.problems]
  for (const { line, item, isWhole } of vouched) {
    const { id } = line
    if (item === null) problems.push({ table: 'items', id, message: `The item ${id} does not open. It is not used.` })
    else if (!isWhole)
      problems.push({ table: 'items', id, message: `The secret part of the item ${id} does not open.` })
  }
  const ownKeys: OwnKeys = { inbox: null, audit: null }
  for (const row of ownKeyRows) {
    if ((row.id !== 'inbox' && row.id !== 'audit') || !manifest.vouchesFor(ownKeyLine(row))) continue
    ownKeys[row.id] = orNull(() => openOwnKey(keys, vaultId, row))
  }
  problems.push(...headerProblems(header, slot, ownKeys))
  const ofItems = files.filter(({ line }) => manifest.vouchesFor(line))
  problems.push(...fileProblems(database, ofItems))
  const counts = new Map<string, number>()
  for (const { itemId } of ofItems) counts.set(itemId, (counts.get(itemId) ?? 0) + 1)
  const session = { vaultId, keys, ownKeys, manifest, parts, problems }
  return {
    session,
    names: () => new Map(found.flatMap(({ item }) => (item === null ? [] : [[item.id, item.name] as const]))),
    items: vouched.flatMap(({ item }) => {
      if (item === null) return []
      const files = counts.get(item.id)
      return files === undefined ? item : Object.freeze({ ...item, files })
    }),
  }
}

type FoundFile = { readonly line: Line; readonly id: string; readonly itemId: string; readonly sealedBytes: number }

/** The row of a file says how large the sealed file is; whether its content is as it was shows when it is opened. */
function fileProblems(database: Database, files: ReadonlyArray<FoundFile>): ReadonlyArray<VaultProblem> {
  const folder = folderOf(database.name)
  return files.flatMap(({ line, id, sealedBytes }) => {
    const size = sizeOf(folder, id)
    if (size === sealedBytes) return []
    const message = size === null ? 'is missing' : 'has another size than it should'
    return [{ table: 'files', id: line.id, message: `The attached file ${line.id} ${message}. It cannot be opened.` }]
  })
}

function orNull<T>(open: () => T): T | null {
  try {
    return open()
  } catch {
    return null
  }
}

/** What the manifest of this vault is bound to. */
export function manifestContext(
  keys: { readonly manifest: Buffer; readonly epoch: number },
  header: Header,
): ManifestContext {
  return {
    key: keys.manifest,
    vaultId: header.row.vault_id,
    epoch: keys.epoch,
    headerDigest: headerDigest(header),
    slotsDigest: slotsDigest(header.slots),
  }
}

/** An attacker who puts in his own inbox key would read what arrives while locked; so the public keys are derived again. */
function headerProblems(header: Header, slot: OpenedSlot, ownKeys: OwnKeys): ReadonlyArray<VaultProblem> {
  const { row } = header
  const problems: VaultProblem[] = []
  const report = (id: string, message: string): void => {
    problems.push({ table: 'header', id, message })
  }
  if (row.epoch !== slot.epoch) report('epoch', 'The epoch in the header was changed outside Clawkeep.')
  if (!checksumHolds(header)) report('checksum', 'The header or a key slot was changed outside Clawkeep.')
  for (const id of ['inbox', 'audit'] as const) {
    if (ownKeys[id] === null)
      problems.push({ table: 'own_keys', id, message: `The vault's own ${id} key is damaged and cannot be used.` })
  }
  if (ownKeys.inbox !== null && !publicBytes('inbox', ownKeys.inbox).equals(row.inbox_public)) {
    report(
      'inbox_public',
      'The inbox key in the header was changed outside Clawkeep: what arrived while locked may have been read by another.',
    )
  }
  if (ownKeys.audit !== null && !publicBytes('audit', ownKeys.audit).equals(row.audit_public)) {
    report('audit_public', 'The audit key in the header was changed outside Clawkeep.')
  }
  return problems
}
