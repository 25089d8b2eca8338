import type SqliteDatabase from 'better-sqlite3'
import { codeOf } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { tamper, VaultFiles, type Opened } from './vault-file.ts'

const names = ['alpha', 'beta', 'gamma', 'delta']

const keptRecords = [
  ['api-key', 'one', { revoked: true, scopes: [] }],
  ['api-key', 'two', { scopes: [] }],
  ['grant', 'three', { uses: 5 }],
] as const

/** The secret that the item of this name must have. */
export const secretOf = (name: string): string => `secret of ${name}`

/** The content of the file that is attached to item `delta`. */
export const attached = Buffer.from('the attached file '.repeat(50_000))

/** A vault file with items and records, a file, an earlier version, and an older copy of it; to be changed from outside and opened again. */
export class ChangedVault {
  readonly #vault: TestVault
  readonly #ids: ReadonlyMap<string, string>
  readonly files: VaultFiles
  /** Before item `alpha` was edited, item `removed` was removed and key `one` was revoked. */
  readonly older: string
  readonly newer: string
  /** The file that item `delta` has. */
  readonly fileId: string

  private constructor(vault: TestVault, files: VaultFiles, ids: ReadonlyMap<string, string>, fileId: string) {
    this.fileId = fileId
    this.#vault = vault
    this.#ids = ids
    this.files = files
    this.newer = vault.file
    this.older = files.copy(vault.file)
    const now = files.open(vault.file)
    now.items.edit(this.id('alpha'), { notes: 'edited' })
    now.items.remove(this.id('removed'))
    now.items.trash.erase([this.id('removed')])
    now.records.put('api-key', 'one', { revoked: true, scopes: [] }, { hash: 'aa' })
    now.close()
  }

  static async make(): Promise<ChangedVault> {
    const vault = await createTestVault()
    const { items, records } = vault.vault
    const rest = { kind: 'api-key', hosts: [], userName: 'ada', notes: '' } as const
    const added = [...names, 'removed'].map((name) => items.add({ ...rest, hosts: [], name, secret: secretOf(name) }))
    records.put('api-key', 'one', { scopes: ['openclaw:write'] }, { hash: 'aa' })
    records.put('api-key', 'two', { scopes: [] }, { hash: 'bb' })
    records.put('grant', 'three', { uses: 5 })
    vault.vault.setAuditCheckpoint({ size: 7, root: 'ab'.repeat(32) })
    const ids = new Map(added.map(({ name, id }) => [name, id]))
    const { id: fileId } = await items.files.add(ids.get('delta') ?? '', 'report.txt', [attached])
    return new ChangedVault(vault, await VaultFiles.of(vault), ids, fileId)
  }

  get password(): string {
    return this.#vault.password
  }

  /** The folder that holds the vault and its sealed files. */
  get home(): string {
    return this.#vault.home
  }

  id(name: string): string {
    return this.#ids.get(name) ?? ''
  }

  /** Opens a copy of the newer file after a change made from outside. */
  open(change: (database: SqliteDatabase.Database) => void): Opened {
    const file = this.files.copy(this.newer)
    tamper(file, change)
    return this.files.open(file)
  }

  /** What is not as it must be: everything that is not named as damaged is there and right, what is named is refused. */
  wrongIn({ items, records, named }: Opened): ReadonlyArray<string> {
    const wrong: string[] = []
    for (const name of names) {
      const id = this.id(name)
      const refused = named.includes(`items ${id}`)
      const secret = items.byName(name) === undefined ? undefined : items.reveal(id, 'secret')
      if (secret !== (refused ? undefined : secretOf(name))) wrong.push(name)
      if (codeOf(() => items.get(id)) !== (refused ? 'not_found' : 'none')) wrong.push(`${name} by id`)
      if (items.list().some((item) => item.id === id) === refused) wrong.push(`${name} in the list`)
    }
    wrong.push(...this.#wrongParts(items, named))
    for (const [kind, id, value] of keptRecords) {
      const refused = named.includes(`records ${kind}/${id}`)
      const expected = refused ? undefined : JSON.stringify(value)
      if (JSON.stringify(records.get(kind, id)) !== expected) wrong.push(`${kind} ${id}`)
      const isClear = records.listClear(kind).some((row) => row.id === id)
      if (isClear !== (kind === 'api-key' && !refused)) wrong.push(`clear part of ${kind} ${id}`)
    }
    return wrong
  }

  /** The earlier version of `alpha` and the file of `delta`. */
  #wrongParts(items: Opened['items'], named: ReadonlyArray<string>): ReadonlyArray<string> {
    const wrong: string[] = []
    const [alpha, delta] = [this.id('alpha'), this.id('delta')]
    const isNamed = (...names: ReadonlyArray<string>): boolean => names.some((name) => named.includes(name))
    if (!isNamed(`items ${alpha}`)) {
      const revisions = items.history.list(alpha).map(({ revision }) => revision)
      const refused = isNamed(`item_versions ${alpha}/1`)
      if (revisions.join() !== (refused ? '' : '1')) wrong.push('history of alpha')
      if (!refused && items.history.reveal(alpha, 1, 'notes') !== '') wrong.push('version of alpha')
    }
    if (!isNamed(`items ${delta}`)) {
      const files = items.files.list(delta).map(({ id, name, bytes }) => [id, name, bytes].join(' '))
      const refused = isNamed(`files ${delta}/${this.fileId}`)
      if (files.join() !== (refused ? '' : `${this.fileId} report.txt ${attached.length}`)) wrong.push('file of delta')
      if (items.get(delta).files !== files.length) wrong.push('number of files of delta')
    }
    return wrong
  }

  cleanup(): void {
    this.#vault.cleanup()
  }
}

/** Flips one column of one row. */
export function flipColumn(database: SqliteDatabase.Database, table: string, column: string, where: string): void {
  const value = database.prepare(`SELECT ${column} FROM ${table} WHERE ${where}`).pluck().get()
  database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(flip(value))
}

function flip(value: unknown): unknown {
  if (Buffer.isBuffer(value)) {
    const bytes = Buffer.from(value)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10
    return bytes
  }
  if (typeof value === 'number') return value + 1
  if (typeof value === 'string') return value.endsWith('x') ? `${value.slice(0, -1)}y` : `${value.slice(0, -1)}x`
  return 'no longer null'
}
