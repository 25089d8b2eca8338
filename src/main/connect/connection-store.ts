import { AppError } from '../../shared/app-error.ts'
import type { ApiKey } from '../../shared/models/api-key.ts'
import type { Connection } from '../../shared/models/connection.ts'
import type { ApiKeys } from '../mcp/api-keys.ts'
import type { Vault } from '../vault/vault.ts'
import { connectionKind, ConnectionRecord } from './connection-record.ts'
import { lookAt } from './look.ts'
import type { Machine } from './machine.ts'
import { type Program, programs } from './programs.ts'

type StoreOptions = {
  readonly vault: Pick<Vault, 'records' | 'state'>
  readonly apiKeys: Pick<ApiKeys, 'list'>
  readonly machine: Machine
  readonly mcpUrl: () => string | null
}

/** What the vault knows of the connections, and how they stand. All but `isOpen` throw AppError locked while it is locked. */
export class ConnectionStore {
  readonly #options: StoreOptions

  constructor(options: StoreOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#options.vault.state === 'unlocked'
  }

  get({ id }: Program): ConnectionRecord | null {
    return ConnectionRecord.safeParse(this.#options.vault.records.get(connectionKind, id)).data ?? null
  }

  /** Throws AppError not_found. */
  mustGet(program: Program): ConnectionRecord {
    const record = this.get(program)
    if (record !== null) return record
    throw new AppError('not_found', `${program.name} is not connected by this Clawkeep.`, {
      hint: 'Connect it first.',
    })
  }

  keep(record: ConnectionRecord): void {
    this.#options.vault.records.put(connectionKind, record.program, record)
  }

  remove({ id }: Program): void {
    this.#options.vault.records.remove(connectionKind, id)
  }

  keyOf(record: ConnectionRecord | null): ApiKey | undefined {
    return this.#options.apiKeys.list().find(({ id }) => id === record?.keyId)
  }

  look(program: Program): Connection {
    const record = this.get(program)
    const { machine, mcpUrl } = this.#options
    return lookAt(program, { machine, record, key: this.keyOf(record), mcpUrl: mcpUrl() })
  }

  /** The settings files of what is connected. */
  files(): ReadonlyArray<string> {
    return programs.flatMap((program) => this.get(program)?.file ?? [])
  }

  /** How what is connected stands, as a text to compare. */
  standings(): string {
    const connected = programs.filter((program) => this.get(program) !== null)
    return JSON.stringify(
      connected.map((program) => this.look(program)).map(({ program, state, problem }) => [program, state, problem]),
    )
  }
}
