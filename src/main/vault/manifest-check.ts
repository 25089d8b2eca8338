import {
  addLine,
  agrees,
  bucketAt,
  bucketCount,
  bucketDigest,
  bucketOf,
  emptyBuckets,
  makeLine,
  rootOf,
  type Bucket,
  type Line,
  type ManifestTable,
} from './manifest-lines.ts'

/** One thing in the vault file that is not as Clawkeep left it. `id` names the row; texts hold no values. */
export type VaultProblem = { readonly table: string; readonly id: string; readonly message: string }

export type Verdict = {
  /** The lines that are proved, or remember damage; a row is served only if its line is here. */
  readonly expected: ReadonlyArray<Bucket>
  /** Of each bucket of `expected` that is not stale. */
  readonly digests: ReadonlyArray<Buffer>
  /** Buckets whose stored list or digest differs from `expected` and is to be written with the next change. */
  readonly stale: Set<number>
  readonly problems: ReadonlyArray<VaultProblem>
  /** False when no MAC proves any set of rows: then nothing may be written, because that would vouch for the damage. */
  readonly proved: boolean
}

/**
 * Finds out which rows are as Clawkeep left them, from three things: the rows as they are, the manifest's list of
 * them, and the stored digest of each bucket. `proves` says whether a MAC holds for a root. Damage in one of the three
 * is found with the help of the others, so that it can be pinned to a row and the rest still opens. The buckets given are
 * not to be used any more: the verdict takes them over. A bucket of `listed` that is one of `rows` says the same.
 */
export function checkRows(input: {
  rows: ReadonlyArray<Bucket>
  /** The digest of each bucket of `rows`. */
  ofRows: ReadonlyArray<Buffer>
  listed: ReadonlyArray<Bucket>
  stored: ReadonlyArray<Buffer>
  proves: (root: Buffer) => boolean
}): Verdict {
  const { rows, ofRows, listed, stored } = input
  const ofList = listed.map((bucket, index) => (bucket === rows[index] ? at(ofRows, index) : bucketDigest(bucket)))
  const proved = [ofRows, stored, ofList].find((digests) => input.proves(rootOf(digests)))
  if (proved === undefined) return withoutProof(rows, listed)

  const expected = emptyBuckets()
  const stale = new Set<number>()
  const problems: VaultProblem[] = []
  const lost: number[] = []
  for (let index = 0; index < bucketCount; index += 1) {
    const digest = at(proved, index)
    const rowsHold = digest.equals(at(ofRows, index))
    const listHolds = digest.equals(at(ofList, index))
    if (!listHolds || !digest.equals(at(stored, index))) stale.add(index)
    if (rowsHold) {
      expected[index] = bucketAt(rows, index)
      if (stale.has(index)) problems.push({ table: 'manifest_rows', id: `bucket-${index}`, message: messages.list })
    } else if (listHolds) {
      expected[index] = bucketAt(listed, index)
      problems.push(...compare(bucketAt(rows, index), bucketAt(listed, index)))
    } else {
      lost.push(index)
      problems.push({ table: 'manifest', id: `bucket-${index}`, message: messages.bucket })
      for (const line of bucketAt(rows, index).values()) problems.push(problemOf(line, messages.unproved))
    }
  }
  for (const index of lost) remember(expected, stale, `bucket-${index}`)
  return { expected, digests: proved, stale, problems, proved: true }
}

/** Puts in a line without a row, so that the damage is reported at every unlock, also after later writes. */
export function remember(expected: ReadonlyArray<Bucket>, stale: Set<number>, id: string): void {
  addLine(expected, makeLine('manifest', id, 0, '0'.repeat(64)))
  stale.add(bucketOf(id))
}

const messages = {
  missing: 'is missing or cannot be read: it was removed outside Clawkeep, or the disk lost it.',
  changed: 'was changed, or put back to an earlier state, outside Clawkeep. It is not used.',
  foreign: 'was put in, or put back after it was removed, outside Clawkeep. It is not used.',
  unproved:
    'cannot be proved to be the latest state, because its entry in the list of rows was changed as well. It is not used.',
  list: 'A part of the list of rows was changed outside Clawkeep. The rows themselves are as they should be.',
  bucket: 'A part of the list of rows was changed outside Clawkeep together with rows; rows may be missing.',
  proof: 'The header, a key slot, the write counter or the audit checkpoint was changed outside Clawkeep.',
  noProof:
    'The list of rows was changed outside Clawkeep. Items can be read; keys, grants and rules are set aside, and nothing can be saved.',
} as const

export const proofProblem: VaultProblem = { table: 'manifest', id: 'proof', message: messages.proof }

/** Nothing is proved: items that agree with the list can be read, so that they can be rescued; records give rights and are refused. */
function withoutProof(rows: ReadonlyArray<Bucket>, listed: ReadonlyArray<Bucket>): Verdict {
  const expected = emptyBuckets()
  const problems: VaultProblem[] = [{ table: 'manifest', id: 'rows', message: messages.noProof }]
  for (let index = 0; index < bucketCount; index += 1) {
    problems.push(...compare(bucketAt(rows, index), bucketAt(listed, index)))
    for (const [key, line] of bucketAt(rows, index)) {
      if (line.table !== 'records' && agrees(bucketAt(listed, index).get(key), line))
        bucketAt(expected, index).set(key, line)
    }
  }
  return { expected, digests: expected.map(bucketDigest), stale: new Set(), problems, proved: false }
}

function compare(rows: Bucket, listed: Bucket): VaultProblem[] {
  const problems: VaultProblem[] = []
  for (const [key, line] of listed) {
    const row = rows.get(key)
    if (line.table === 'manifest') {
      problems.push(
        line.id === proofProblem.id ? proofProblem : { table: line.table, id: line.id, message: messages.bucket },
      )
    } else if (row === undefined) problems.push(problemOf(line, messages.missing))
    else if (!agrees(row, line)) problems.push(problemOf(line, messages.changed))
  }
  for (const [key, line] of rows) if (!listed.has(key)) problems.push(problemOf(line, messages.foreign))
  return problems
}

const nouns: Readonly<Record<ManifestTable, string>> = {
  items: 'The item',
  item_versions: 'The earlier version of an item',
  files: 'The attached file',
  records: 'The entry',
  own_keys: "The vault's own key",
  manifest: 'The manifest',
}

function problemOf(line: Line, message: string): VaultProblem {
  return { table: line.table, id: line.id, message: `${nouns[line.table]} ${line.id} ${message}` }
}

function at(digests: ReadonlyArray<Buffer>, index: number): Buffer {
  return digests[index] ?? Buffer.alloc(0)
}
