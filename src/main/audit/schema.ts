/** In the header of audit.db, so that another SQLite file is not taken for a log. "CKau". */
const auditApplicationId = 0x434b6175

/**
 * The log's tables. An entry's truth is its `json`; at_ms, kind, asker_kind and asker_id stand beside it for the filters
 * and are compared with it when the log is verified. `size` in a checkpoint is how many entries it covers.
 * The triggers guard against bugs, not against attackers: those are found by the chain and the signatures.
 */
const auditMigrations: ReadonlyArray<string> = [
  `
  CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    sealed_key BLOB,
    commitment BLOB NOT NULL,
    signature BLOB
  ) STRICT;

  CREATE TABLE entries (
    idx INTEGER PRIMARY KEY,
    json TEXT NOT NULL,
    leaf BLOB NOT NULL,
    mac BLOB NOT NULL,
    segment INTEGER NOT NULL REFERENCES segments (number),
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    asker_kind TEXT NOT NULL,
    asker_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_kind ON entries (kind);
  CREATE INDEX entries_asker ON entries (asker_kind, asker_id);
  CREATE INDEX entries_at ON entries (at_ms);
  CREATE INDEX entries_breaks ON entries (idx) WHERE kind = 'log.join' AND instr(json, '"outcome":"failed"') > 0;

  CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB NOT NULL
  ) STRICT;
  CREATE INDEX checkpoints_size ON checkpoints (size);

  CREATE TRIGGER entries_keep_update BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entries_keep_delete BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER segments_keep_update BEFORE UPDATE ON segments BEGIN SELECT raise(ABORT, 'segments are append-only'); END;
  CREATE TRIGGER segments_keep_delete BEFORE DELETE ON segments BEGIN SELECT raise(ABORT, 'segments are append-only'); END;
  CREATE TRIGGER checkpoints_keep_update BEFORE UPDATE ON checkpoints BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
  CREATE TRIGGER checkpoints_keep_delete BEFORE DELETE ON checkpoints BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
  `,
  // The state of the vault when a checkpoint was signed: what an older vault file that is put back is found by.
  `
  ALTER TABLE checkpoints ADD COLUMN vault_epoch INTEGER;
  ALTER TABLE checkpoints ADD COLUMN vault_counter INTEGER;
  CREATE INDEX checkpoints_vault ON checkpoints (vault_counter);
  `,
  // A filter reads this one instead of the entries. It grows at its end like the log, so an append touches one page of it.
  `
  DROP INDEX entries_kind;
  DROP INDEX entries_asker;
  DROP INDEX entries_at;
  CREATE INDEX entries_filters ON entries (idx, kind, asker_kind, asker_id, at_ms);
  `,
]

/** How `openDatabase` opens a log. */
export const auditFile = { migrations: auditMigrations, applicationId: auditApplicationId, what: 'audit log' } as const
