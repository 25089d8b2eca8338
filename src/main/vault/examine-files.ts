import { open } from 'node:fs/promises'
import type { Database } from '../db/open.ts'
import type { Session } from './access.ts'
import { fileAt, folderOf } from './file-folder.ts'
import { openHead } from './file-head.ts'
import { openFrom } from './file-stream.ts'
import type { VaultProblem } from './manifest-check.ts'
import { fileLine } from './manifest-lines.ts'
import { stopIfAborted } from './paced.ts'
import { readRows } from './read-rows.ts'
import { ItemRow, type FileRow } from './schema.ts'

/** Opens every attached file that the manifest vouches for, to its last chunk. Throws AppError cancelled. */
export async function examineFiles(
  database: Database,
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlyArray<VaultProblem>> {
  const problems: VaultProblem[] = []
  const named = new Set(session.problems.filter(({ table }) => table === 'files').map(({ id }) => id))
  const rows = [...readRows(database, 'files')].filter((row) => session.manifest.vouchesFor(fileLine(row)))
  for (const row of rows) {
    const { id } = fileLine(row)
    if (named.has(id)) continue
    try {
      await openWhole(database, session, row, signal)
    } catch {
      stopIfAborted(signal)
      problems.push({ table: 'files', id, message: `The attached file ${id} does not open.` })
    }
  }
  return problems
}

async function openWhole(database: Database, session: Session, row: FileRow, signal: AbortSignal): Promise<void> {
  const item = ItemRow.parse(database.prepare('SELECT * FROM items WHERE id = ?').get(row.item_id))
  const { file, key } = openHead(item, row, session)
  try {
    const handle = await open(fileAt(folderOf(database.name), row.id), 'r')
    try {
      const seal = { key, vaultId: session.vaultId, fileId: row.id }
      const chunks = openFrom(handle, file.bytes, seal, () => stopIfAborted(signal))
      for await (const chunk of chunks) chunk.fill(0)
    } finally {
      await handle.close()
    }
  } finally {
    key.fill(0)
  }
}
