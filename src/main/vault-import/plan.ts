import { AppError } from '../../shared/app-error.ts'
import type { DuplicateWay, ImportPreview, ImportRow } from '../../shared/models/import.ts'
import type { ItemOverview, ParsedItemInput } from '../../shared/models/item.ts'
import { fitEntry } from './fit-entry.ts'
import type { FoundFile, Parsed } from './found-entry.ts'
import { FreeNames } from './mend-name.ts'
import { type Held, missingIn } from './twin.ts'

/** An item to be made; `replaces` is the item that goes into the trash for it. */
export type PlannedItem = {
  readonly input: ParsedItemInput
  readonly files: ReadonlyArray<FoundFile>
  readonly createdAtMs: number | null
  readonly replaces: string | null
}

export type ImportPlan = { readonly items: ReadonlyArray<PlannedItem>; readonly preview: ImportPreview }

/** The items that are in the vault now. */
export type Existing = { readonly list: () => ReadonlyArray<ItemOverview>; readonly whole: (id: string) => Held }

/** What would come of a file, with what is in the vault now; yields after each entry. */
export function* planImport(
  parsed: Parsed,
  vaultItems: Existing,
  onDuplicate: DuplicateWay,
): Generator<void, ImportPlan> {
  const existing = vaultItems.list()
  const byKey = new Map<string, ItemOverview>()
  for (const item of existing) for (const key of keysOf(item)) byKey.set(key, item)
  const names = new Set(existing.map(({ name }) => name))
  const free = new FreeNames((name) => names.has(name))
  const seen = new Map<string, number>()
  const items: PlannedItem[] = []
  let differing = 0
  let partial = 0
  const rows: ImportRow[] = parsed.leftOut.map(({ at, name, why }) => leftOutRow(at, name, why))
  for (const entry of parsed.entries) {
    yield
    const fitted = fitEntry(entry)
    if ('why' in fitted) {
      rows.push(leftOutRow(entry.at, entry.name, fitted.why))
      continue
    }
    const { input, files, createdAtMs, remarks } = fitted
    if (fitted.partial) partial += 1
    const whole = JSON.stringify(input)
    const row = {
      at: entry.at,
      kind: input.kind,
      hosts: [...input.hosts],
      userName: input.userName,
      files: files.length,
    }
    const twin = files.length === 0 ? seen.get(whole) : undefined
    if (twin !== undefined) {
      rows.push({
        ...row,
        name: input.name,
        outcome: 'skip',
        remarks: [`It stands in the file twice; the other is at ${twin}.`],
      })
      continue
    }
    seen.set(whole, entry.at)
    const same = keysOf(input).flatMap((key) => byKey.get(key) ?? [])[0]
    if (same !== undefined && onDuplicate === 'skip') {
      const missing = missingFrom(vaultItems, same.id, input)
      if (missing.length > 0 || files.length > 0) differing += 1
      rows.push({ ...row, name: input.name, outcome: 'skip', remarks: [...whySkipped(missing, files.length > 0)] })
      continue
    }
    if (same !== undefined && onDuplicate === 'replace' && free.takeOver(same.name)) {
      items.push({ input: { ...input, name: same.name }, files, createdAtMs, replaces: same.id })
      rows.push({
        ...row,
        name: same.name,
        outcome: 'replace',
        remarks: [...remarks, 'The item that is there goes into the trash.'],
      })
      continue
    }
    const name = free.take(input.name)
    const renamed = name === input.name ? [] : [`The name is taken; it is called “${name}” now.`]
    items.push({ input: { ...input, name }, files, createdAtMs, replaces: null })
    rows.push({ ...row, name, outcome: 'add', remarks: [...remarks, ...renamed] })
  }
  rows.sort((left, right) => left.at - right.at)
  const count = (outcome: ImportRow['outcome']): number => rows.filter((row) => row.outcome === outcome).length
  return {
    items,
    preview: {
      format: parsed.format,
      rows,
      counts: {
        add: count('add'),
        replace: count('replace'),
        skip: count('skip'),
        leftOut: count('left-out'),
        files: items.reduce((sum, { files }) => sum + files.length, 0),
      },
      columns: parsed.columns ?? null,
      keepFile: whyKept({ leftOut: count('left-out'), differing, partial }),
    },
  }
}

/** What of an entry is not in the vault; of an item that is damaged, or was removed meanwhile, nothing is. */
function missingFrom(vaultItems: Existing, id: string, input: ParsedItemInput): ReadonlyArray<string> {
  try {
    return missingIn(vaultItems.whole(id), input)
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'damaged' && error.code !== 'not_found')) throw error
    return ['a content that cannot be read']
  }
}

function whySkipped(missing: ReadonlyArray<string>, hasFiles: boolean): ReadonlyArray<string> {
  const what = missing.join(', ').replace(/, ([^,]*)$/, ' and $1')
  return [
    what === '' ? 'It is in the vault already.' : `In the vault with ${what}.`,
    ...(hasFiles ? ['Its files were not compared with those in the vault.'] : []),
  ]
}

/** Why the file must not be shredded: what of it would be nowhere then; null when all of it is in the vault. */
function whyKept(counts: {
  readonly leftOut: number
  readonly differing: number
  readonly partial: number
}): string | null {
  const { leftOut, differing, partial } = counts
  const parts = [
    ...(leftOut > 0 ? [`${entries(leftOut)} left out`] : []),
    ...(differing > 0 ? [`${entries(differing)} skipped that the vault has otherwise`] : []),
    ...(partial > 0 ? [`${entries(partial)} of which a part does not come along`] : []),
  ]
  return parts.length === 0 ? null : `Not all of the file is in the vault: ${parts.join(', ')}.`
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`
}

/** The same name, user name and host; without hosts, the same name and user name. */
function keysOf({ name, userName, hosts }: Pick<ItemOverview, 'name' | 'userName' | 'hosts'>): ReadonlyArray<string> {
  const all = hosts.length === 0 ? [''] : hosts
  return all.map((host) => JSON.stringify([name.normalize('NFC'), userName, host]))
}

function leftOutRow(at: number, name: string, why: string): ImportRow {
  return { at, name, kind: null, hosts: [], userName: '', files: 0, outcome: 'left-out', remarks: [why] }
}
