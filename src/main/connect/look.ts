import { existsSync } from 'node:fs'
import { AppError, toWireError } from '../../shared/app-error.ts'
import type { ApiKey } from '../../shared/models/api-key.ts'
import type { Connection } from '../../shared/models/connection.ts'
import type { ConnectionRecord } from './connection-record.ts'
import { entryIn, formats } from './edit-settings.ts'
import { entryName } from './entry.ts'
import type { Machine } from './machine.ts'
import { isAsWritten } from './own-fields.ts'
import { isPresent, settingsPath } from './presence.ts'
import type { Program } from './programs.ts'
import { readSettings } from './settings-file.ts'

/** What a look at a program needs to know. */
export type LookParts = {
  readonly machine: Machine
  readonly record: ConnectionRecord | null
  /** The key of the record; undefined when it is gone. */
  readonly key: ApiKey | undefined
  /** Null: Clawkeep takes no calls now, so no address is out of date. */
  readonly mcpUrl: string | null
}

type Standing = Pick<Connection, 'state' | 'problem'>

/** How a program stands now, by its own settings. Never throws for what is wrong with a file. */
export function lookAt(program: Program, parts: LookParts): Connection {
  const { machine, record, key } = parts
  const file = record?.file ?? settingsPath(program, machine)
  return {
    program: program.id,
    name: program.name,
    ...standing(program, file, parts),
    file,
    transport: program.http === null ? 'stdio' : 'http',
    afterwards: program.afterwards,
    defaultScopes: [...program.defaultScopes],
    connected:
      record === null
        ? null
        : {
            keyId: record.keyId,
            scopes: record.scopes,
            sinceMs: record.sinceMs,
            lastSeenMs: lastSeenMs(record, key),
            trial: record.trial,
          },
  }
}

/** The key's last use that was not a trial of ours. */
export function lastSeenMs(record: ConnectionRecord, key: ApiKey | undefined): number | null {
  const usedMs = key?.lastUsedAtMs ?? null
  return record.trial !== null && (usedMs ?? 0) <= record.trial.atMs ? record.seenBeforeTrialMs : usedMs
}

function standing(program: Program, file: string, { machine, record, key, mcpUrl }: LookParts): Standing {
  let entry: unknown
  let there: boolean
  try {
    const read = readSettings(file)
    there = read.bytes !== null
    entry = entryIn(formats[program.format], read.text, [...program.path, entryName])
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message, hint } = toWireError(error)
    return { state: 'broken', problem: { message, hint: hint ?? 'See what is wrong with the file.' } }
  }
  if (record === null) {
    if (entry !== undefined) {
      const message = `There is an entry “clawkeep” that this Clawkeep did not make.`
      return { state: 'taken', problem: { message, hint: 'You can replace it; undo brings it back.' } }
    }
    return { state: there || isPresent(program, machine) ? 'found' : 'absent', problem: null }
  }
  const drift = driftOf({ program, entry, there, record, key, mcpUrl })
  return drift === null
    ? { state: 'connected', problem: null }
    : { state: 'drifted', problem: { message: drift, hint: 'Repair writes the entry again, with a new key.' } }
}

function driftOf(now: {
  readonly program: Program
  readonly entry: unknown
  readonly there: boolean
  readonly record: ConnectionRecord
  readonly key: ApiKey | undefined
  readonly mcpUrl: string | null
}): string | null {
  const { program, entry, there, record, key, mcpUrl } = now
  const { name } = program
  if (!there) return `The settings file of ${name} is gone.`
  if (entry === undefined) return `The entry “clawkeep” was taken out of the settings of ${name}.`
  if (!isAsWritten(program, entry, record.entry))
    return `The entry “clawkeep” was changed by another program or by hand.`
  if (key === undefined || key.state === 'revoked') return `The key of ${name} was revoked.`
  if (key.state === 'expired') return `The key of ${name} has expired.`
  if (record.keyFile !== null && !existsSync(record.keyFile)) return `The file with the key of ${name} is gone.`
  if (record.url !== null && mcpUrl !== null && record.url !== mcpUrl)
    return `Clawkeep’s address is ${mcpUrl} now; ${name} still calls ${record.url}.`
  return null
}
