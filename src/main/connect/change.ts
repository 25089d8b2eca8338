import { AppError } from '../../shared/app-error.ts'
import type { Scope } from '../../shared/models/api-key.ts'
import type { ConnectionPlan, PlanInput } from '../../shared/models/connection.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { Backups } from './backups.ts'
import type { ConnectionRecord } from './connection-record.ts'
import { diffOf } from './diff-view.ts'
import { entryIn, formats, withEntry } from './edit-settings.ts'
import { entryName, entryOf, sha256, type Target } from './entry.ts'
import type { Machine } from './machine.ts'
import { withOwnFields } from './own-fields.ts'
import { settingsPath } from './presence.ts'
import { type Program, programOf } from './programs.ts'
import { digestOf, encode, readSettings, type SettingsFile } from './settings-file.ts'
import { type Json, maskedKey } from './settings-text.ts'

/** What a change depends on besides the file. */
export type ChangeParts = {
  readonly machine: Machine
  readonly backups: Pick<Backups, 'read'>
  readonly record: ConnectionRecord | null
  /** Where the program's entry shall lead; the key of an `http` one is put in when there is one. */
  readonly target: (program: Program) => Target
  /** False: the address in `target` is only the usual one. */
  readonly running: boolean
}

/** A change that is worked out and not made. */
export type Change = {
  readonly program: Program
  readonly file: SettingsFile
  readonly plan: ConnectionPlan
  /** What had our name before; undefined when nothing did. */
  readonly previous: unknown
  /** The new text, for `add` and `repair`. Throws what working it out threw. */
  readonly textWith: (target: Target) => string
  /** The bytes that `undo` brings back; null: the file goes. */
  readonly undone: Buffer | null
}

/** Works out a change on the file as it is now. Throws AppError for a file that cannot be read or changed. */
export function prepareChange(input: PlanInput, parts: ChangeParts): Change {
  const program = programOf(input.program)
  const { record } = parts
  if (input.act === 'add' && record !== null)
    throw new AppError('conflict', `${program.name} is connected already.`, { hint: 'Repair or undo the connection.' })
  if (input.act !== 'add' && record === null)
    throw new AppError('not_found', `${program.name} is not connected by this Clawkeep.`, { hint: 'Connect it first.' })

  const file = readSettings(record?.file ?? settingsPath(program, parts.machine))
  const path = [...program.path, entryName]
  const format = formats[program.format]
  const present = entryIn(format, file.text, path)
  if (input.act === 'add' && present !== undefined && !input.replace) throw taken(program, present)

  const scopes: ReadonlyArray<Scope> = record?.scopes ?? [...new Set(input.scopes ?? program.defaultScopes)]
  const entryWith = (own: Readonly<Record<string, Json>>) =>
    input.act === 'repair' ? withOwnFields(program, present, own) : own
  const textWith = (target: Target): string => withEntry(format, file.text, path, entryWith(entryOf(program, target)))
  const target = parts.target(program)
  const undone = input.act === 'undo' ? undo(file, program, record, parts.backups) : null
  const after =
    input.act === 'undo'
      ? (undone?.toString('utf8').replace(/^\uFEFF/, '') ?? null)
      : textWith(target.kind === 'http' ? { ...target, key: maskedKey } : target)
  const plan: ConnectionPlan = {
    program: program.id,
    act: input.act,
    scopes: [...scopes],
    replace: input.replace,
    file: file.path,
    diff: diffOf({
      format,
      path,
      file: file.path,
      before: file.bytes === null ? null : file.text,
      after,
      own: { before: input.act !== 'add', after: input.act !== 'undo' },
    }),
    notes: [...notesOn(input, file, program, parts)],
    digest: sha256(
      canonicalJson([
        input.act,
        program.id,
        scopes.toSorted(),
        input.replace,
        file.target,
        digestOf(file),
        target,
        record?.keyId ?? '',
      ]),
    ),
  }
  return { program, file, plan, previous: present, textWith, undone }
}

/** Brings the backup back when all around our entry is as we left it; else changes our entry alone. */
function undo(
  file: SettingsFile,
  program: Program,
  record: ConnectionRecord | null,
  backups: Pick<Backups, 'read'>,
): Buffer | null {
  if (record === null || file.bytes === null) return null
  const path = [...program.path, entryName]
  const format = formats[program.format]
  const without =
    entryIn(format, file.text, path) === undefined ? file.text : withEntry(format, file.text, path, undefined)
  if (sha256(without) === record.rest) {
    if (record.backup === null) return null
    const kept = backups.read(record.backup.file)
    if (kept !== null && digestOf({ bytes: kept }) === record.backup.digest) return kept
  }
  const previous = record.previous as Json
  return encode(file, previous === null ? without : withEntry(format, without, path, previous))
}

function taken(program: Program, entry: unknown): AppError {
  const words = JSON.stringify(entry) ?? ''
  const ours = /oc_sk_|\bclawkeep\b/.test(words)
  return new AppError(
    'conflict',
    ours
      ? `${program.name} has an entry “clawkeep” of another Clawkeep home, or one made by hand.`
      : `${program.name} has an entry “clawkeep” that Clawkeep did not make.`,
    { hint: 'Rename or remove it there, or replace it; undo brings it back.' },
  )
}

function* notesOn(
  { act, replace }: PlanInput,
  file: SettingsFile,
  program: Program,
  { running, target }: ChangeParts,
): Generator<string> {
  const { kind } = target(program)
  if (file.target !== file.path) yield `The file is a link; ${file.target} is what changes.`
  if (act === 'undo') {
    yield `The key of ${program.name} stops working at once.`
    return
  }
  if (file.bytes === null) yield 'The file is not there yet; it is made so that only you can read it.'
  else yield 'A copy of the file as it is now is kept in Clawkeep’s own folder.'
  if (replace) yield 'The entry of the same name that is there now is replaced; undo brings it back.'
  if (kind === 'stdio') yield 'The key goes into a file that only you can read, not into these settings.'
  else if (file.open)
    yield `Other users of this computer can read this file, and the key will stand in it. To change that: chmod 600 ${file.path}`
  if (act === 'repair') yield 'It gets a new key; the old one stops working.'
  if (kind === 'http' && !running) yield 'Clawkeep does not take calls now; its usual address is written.'
}
