import type { DuplicateWay, ImportPreview, ImportRow } from '../../shared/models/import.ts'
import type { ItemOverview, ParsedItemInput } from '../../shared/models/item.ts'
import { fitEntry } from './fit-entry.ts'
import type { FoundFile, Parsed } from './found-entry.ts'
import { FreeNames } from './mend-name.ts'

/** An item to be made; `replaces` is the item that goes into the trash for it. */
export type PlannedItem = {
  readonly input: ParsedItemInput
  readonly files: ReadonlyArray<FoundFile>
  readonly createdAtMs: number | null
  readonly replaces: string | null
}

export type ImportPlan = { readonly items: ReadonlyArray<PlannedItem>; readonly preview: ImportPreview }

/** What would come of a file, with what is in the vault now; yields after each entry. */
export function* planImport(
  parsed: Parsed,
  existing: ReadonlyArray<ItemOverview>,
  onDuplicate: DuplicateWay,
): Generator<void, ImportPlan> {
  const byKey = new Map<string, ItemOverview>()
  for (const item of existing) for (const key of keysOf(item)) byKey.set(key, item)
  const names = new Set(existing.map(({ name }) => name))
  const free = new FreeNames((name) => names.has(name))
  const seen = new Map<string, number>()
  const items: PlannedItem[] = []
  const rows: ImportRow[] = parsed.leftOut.map(({ at, name, why }) => leftOutRow(at, name, why))
  for (const entry of parsed.entries) {
    yield
    const fitted = fitEntry(entry)
    if ('why' in fitted) {
      rows.push(leftOutRow(entry.at, entry.name, fitted.why))
      continue
    }
    const { input, files, createdAtMs, remarks } = fitted
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
      rows.push({ ...row, name: input.name, outcome: 'skip', remarks: ['It is in the vault already.'] })
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
    },
  }
}

/** The same name, user name and host; without hosts, the same name and user name. */
function keysOf({ name, userName, hosts }: Pick<ItemOverview, 'name' | 'userName' | 'hosts'>): ReadonlyArray<string> {
  const all = hosts.length === 0 ? [''] : hosts
  return all.map((host) => JSON.stringify([name.normalize('NFC'), userName, host]))
}

function leftOutRow(at: number, name: string, why: string): ImportRow {
  return { at, name, kind: null, hosts: [], userName: '', files: 0, outcome: 'left-out', remarks: [why] }
}
