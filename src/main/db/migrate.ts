import { AppError } from '../../shared/app-error.ts'
import type { Database, OpenOptions } from './open.ts'

/**
 * Brings a file to the newest schema, all steps in one transaction. Refuses, before anything is written, a file that
 * is not ours, that a newer version wrote, or whose schema is not what the steps make (a trigger put in from outside
 * could undo our writes). `scratch` is an empty database in memory, `beforeWriting` runs once the file is known to be ours.
 */
export function migrate(database: Database, scratch: Database, options: OpenOptions, beforeWriting: () => void): void {
  const { migrations, applicationId, what } = options
  const version = database.pragma('user_version', { simple: true }) as number
  const owner = database.pragma('application_id', { simple: true }) as number
  const isNew = version === 0 && owner === 0 && readSchema(database).length === 0
  if (!isNew && owner !== applicationId) {
    throw new AppError('damaged', `The ${what} file belongs to another program.`, {
      hint: 'Nothing was changed. Choose another folder with --home, or move the file away.',
    })
  }
  if (version > migrations.length) {
    throw new AppError('too_new', `The ${what} was written by a newer Clawkeep.`, {
      hint: 'Nothing was changed. Update Clawkeep, then open it again.',
    })
  }
  if (readSchema(database).join('\n') !== expectedSchema(scratch, migrations.slice(0, version)).join('\n')) {
    throw new AppError('damaged', `The ${what} file has an unknown structure: it was changed outside Clawkeep.`, {
      hint: 'Nothing was changed. Keep the file, and put a backup in its place.',
    })
  }
  beforeWriting()
  if (version === migrations.length) return
  database
    .transaction(() => {
      database.pragma(`application_id = ${applicationId}`)
      for (const step of migrations.slice(version)) database.exec(step)
      database.pragma(`user_version = ${migrations.length}`)
    })
    .immediate()
}

function readSchema(database: Database): ReadonlyArray<string> {
  const rows = database
    .prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name')
    .all() as ReadonlyArray<{
    type: string
    name: string
    sql: string | null
  }>
  return rows.map((row) => `${row.type} ${row.name} ${row.sql ?? ''}`)
}

function expectedSchema(scratch: Database, migrations: ReadonlyArray<string>): ReadonlyArray<string> {
  for (const step of migrations) scratch.exec(step)
  return readSchema(scratch)
}
