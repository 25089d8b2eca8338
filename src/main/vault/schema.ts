import { z } from 'zod'

/** PRAGMA application_id of `vault.db`: "CKv1". */
export const vaultApplicationId = 0x43_4b_76_31

/** The only sealing format this version reads and writes; stands in the header and in the version byte of every seal. */
export const formatVersion = 1

/**
 * The steps that make `vault.db`. In the clear: ids, kinds of records, revisions, epochs, padded sizes, which files and
 * versions belong to which item, the `clear` part of records, KDF parameters, public keys. `manifest_rows` and
 * `manifest_buckets` are what the MACs in `manifest` are computed from; they let damage be pinned to a row.
 *
 * `items.sealed_key` wraps the key of an item and is the only column of items, item_versions and files that is sealed under
 * a key of the epoch: everything else of an item is sealed under that item key, also its history (item_versions: earlier
 * contents of a row of items, as they were sealed) and the keys of its files (files: one row for each sealed file in the
 * folder beside the database). file_leftovers names sealed files that are not, or not any more, part of the vault and may
 * be deleted; nothing is ever deleted that is not named there. overview_parts holds the overviews once more, for a quick unlock.
 */
export const vaultMigrations: ReadonlyArray<string> = [
  `
  CREATE TABLE header (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    format INTEGER NOT NULL,
    vault_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    inbox_public BLOB NOT NULL,
    audit_public BLOB NOT NULL,
    checksum BLOB NOT NULL
  ) STRICT;
  CREATE TABLE key_slots (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    params TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    sealed_vault_key BLOB NOT NULL
  ) STRICT;
  CREATE TABLE own_keys (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE items (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    details_revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    content_epoch INTEGER NOT NULL,
    sealed_key BLOB NOT NULL,
    sealed_overview BLOB NOT NULL,
    sealed_details BLOB NOT NULL
  ) STRICT;
  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    clear TEXT,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT;
  CREATE TABLE manifest (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    counter INTEGER NOT NULL,
    checkpoint_size INTEGER,
    checkpoint_root TEXT,
    rows_mac BLOB NOT NULL,
    mac BLOB NOT NULL
  ) STRICT;
  CREATE TABLE manifest_buckets (
    bucket INTEGER PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),
    digest BLOB NOT NULL
  ) STRICT;
  CREATE TABLE manifest_rows (
    tbl TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (tbl, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE throttle (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    wrong_at_ms TEXT NOT NULL,
    level INTEGER NOT NULL,
    until_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE item_versions (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    details_revision INTEGER NOT NULL,
    content_epoch INTEGER NOT NULL,
    sealed_overview BLOB NOT NULL,
    sealed_details BLOB NOT NULL
  ) STRICT;
  CREATE INDEX item_versions_of_item ON item_versions (item_id);
  CREATE TABLE files (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content_epoch INTEGER NOT NULL,
    sealed_bytes INTEGER NOT NULL,
    sealed_head BLOB NOT NULL
  ) STRICT;
  CREATE INDEX files_of_item ON files (item_id);
  CREATE TABLE file_leftovers (id TEXT PRIMARY KEY) STRICT;
  `,
  `
  CREATE TABLE overview_parts (
    part INTEGER PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
    sealed BLOB NOT NULL
  ) STRICT;
  `,
]

const Bytes = z.instanceof(Buffer)
/** Not narrowed to what we write: a changed number must reach the MAC and be named, not stop the reading. */
const Counter = z.number()

export const HeaderRow = z.object({
  format: z.int(),
  vault_id: z.string().min(1),
  epoch: Counter,
  created_at_ms: z.int(),
  inbox_public: Bytes,
  audit_public: Bytes,
  checksum: Bytes,
})
export type HeaderRow = z.infer<typeof HeaderRow>

export const SlotRow = z.object({
  id: z.string(),
  kind: z.string(),
  params: z.string(),
  epoch: Counter,
  revision: Counter,
  sealed_vault_key: Bytes,
})
export type SlotRow = z.infer<typeof SlotRow>

export const OwnKeyRow = z.object({ id: z.string(), revision: Counter, epoch: Counter, sealed: Bytes })
export type OwnKeyRow = z.infer<typeof OwnKeyRow>

export const ItemRow = z.object({
  id: z.string(),
  revision: Counter,
  details_revision: Counter,
  epoch: Counter,
  content_epoch: Counter,
  sealed_key: Bytes,
  sealed_overview: Bytes,
  sealed_details: Bytes,
})
export type ItemRow = z.infer<typeof ItemRow>

/** An item with its blobs in one: a Buffer of its own for each costs more than the rest of the reading, at every unlock. */
export const ItemAtOnce = ItemRow.omit({ sealed_key: true, sealed_overview: true, sealed_details: true }).extend({
  keyBytes: z.number(),
  overviewBytes: z.number(),
  sealed: Bytes,
})
export type ItemAtOnce = z.infer<typeof ItemAtOnce>

/** An earlier content of an item; `id` is the item's id, a slash and the revision. */
export const VersionRow = z.object({
  id: z.string(),
  item_id: z.string(),
  revision: Counter,
  details_revision: Counter,
  content_epoch: Counter,
  sealed_overview: Bytes,
  sealed_details: Bytes,
})
export type VersionRow = z.infer<typeof VersionRow>

export const FileRow = z.object({
  id: z.string(),
  item_id: z.string(),
  revision: Counter,
  content_epoch: Counter,
  /** The size of the sealed file, so that a cut one is found without opening it. */
  sealed_bytes: Counter,
  sealed_head: Bytes,
})
export type FileRow = z.infer<typeof FileRow>

export const RecordRow = z.object({
  kind: z.string(),
  id: z.string(),
  revision: Counter,
  epoch: Counter,
  clear: z.string().nullable(),
  sealed: Bytes,
})
export type RecordRow = z.infer<typeof RecordRow>

export const ManifestRow = z.object({
  counter: Counter,
  checkpoint_size: Counter.nullable(),
  checkpoint_root: z.string().nullable(),
  rows_mac: Bytes,
  mac: Bytes,
})
export type ManifestRow = z.infer<typeof ManifestRow>
