/**
 * What one import may cost. Above it a file is refused with words: an export of a real vault is far below, a file made to eat
 * the machine is not.
 */
export const caps = {
  /** The whole file; attachments are the reason that it may be so large. */
  fileBytes: 256 * 1024 * 1024,
  /** JSON, CSV and .env, also inside a zip. */
  textBytes: 64 * 1024 * 1024,
  /** A key file of KeePass holds 32 bytes and some XML. */
  keyFileBytes: 1024 * 1024,
  entries: 100_000,
  /** What all files of a zip come to when they are unpacked. */
  unpackedBytes: 512 * 1024 * 1024,
  zipFiles: 20_000,
  /** Deflate cannot do more than 1032:1; text of people is below 20:1. */
  zipRatio: 200,
  /** A small file may be as regular as it likes. */
  zipRatioFromBytes: 1024 * 1024,
  attachmentBytes: 100 * 1024 * 1024,
  jsonDepth: 64,
  /** Columns of a CSV, fields of an entry. */
  columns: 200,
  csvRecordChars: 1024 * 1024,
  /** From the start of the worker to its answer; the costliest derivation that is allowed takes about 10 s. */
  timeMs: 60_000,
  /** What the whole program may grow by while a file is read. */
  memoryBytes: 1536 * 1024 * 1024,
  /** Of the worker's JavaScript heap. */
  heapMiB: 1024,
  pbkdf2Rounds: 10_000_000,
  /** KeePass: rounds of AES; a million take about half a second. */
  aesRounds: 20_000_000,
} as const
