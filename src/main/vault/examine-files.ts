import { open } from 'node:fs/promises'
import type { Database } from '../db/open.ts'
import type { Session } from './access.ts'
import { copySafely } from './copy-files.ts'
import { fileAt, folderOf, sizeOf, syncFolder } from './file-folder.ts'
import { openHead } from './file-head.ts'
import { openFrom } from './file-stream.ts'
import type { VaultProblem } from './manifest-check.ts'
import { fileLine } from './manifest-lines.ts'
import { stopIfAborted } from './paced.ts'
import { readRows } from './read-rows.ts'
import { ItemRow, type FileRow } from './schema.ts'

/**
 * Opens every attached file that the manifest vouches for, to its last chunk. In the place of one that does not open comes the one that
 * lies beside `spare`, another file of this vault, if that opens; a problem of the session that this solves is taken out of it. Throws
 * AppError cancelled, what the file system says when a file is copied.
 */
export async function examineFiles(
  database: Database,
  session: Session,
  signal: AbortSignal,
  spare: string = database.name,
): Promise<ReadonlyArray<VaultProblem>> {
  const problems: VaultProblem[] = []
  const folder = folderOf(database.name)
  const rows = [...readRows(database, 'files')].filter((row) => session.manifest.vouchesFor(fileLine(row)))
  for (const row of rows) {
    const { id } = fileLine(row)
    const named = session.problems.findIndex((problem) => problem.table === 'files' && problem.id === id)
    const isWhole = async (path: string): Promise<boolean> => opensWhole(database, session, { row, path, signal })
    if (named === -1 && (await isWhole(fileAt(folder, row.id)))) continue
    if (await replaceFile(row.id, { from: folderOf(spare), to: folder }, isWhole)) {
      if (named !== -1) session.problems.splice(named, 1)
    } else if (named === -1) {
      problems.push({ table: 'files', id, message: `The attached file ${id} does not open.` })
    }
  }
  return problems
}

/** False when there is no whole one to take its place. */
async function replaceFile(
  id: string,
  { from, to }: { from: string; to: string },
  isWhole: (path: string) => Promise<boolean>,
): Promise<boolean> {
  if (from === to || sizeOf(from, id) === null) return false
  const isReplaced = await copySafely(fileAt(from, id), fileAt(to, id), isWhole)
  if (isReplaced) await syncFolder(to)
  return isReplaced
}

type Place = { readonly row: FileRow; readonly path: string; readonly signal: AbortSignal }

async function opensWhole(database: Database, session: Session, { row, path, signal }: Place): Promise<boolean> {
  try {
    const item = ItemRow.parse(database.prepare('SELECT * FROM items WHERE id = ?').get(row.item_id))
    const { file, key } = openHead(item, row, session)
    try {
      const handle = await open(path, 'r')
      try {
        const seal = { key, vaultId: session.vaultId, fileId: row.id }
        const chunks = openFrom(handle, file.bytes, seal, () => stopIfAborted(signal))
        for await (const chunk of chunks) chunk.fill(0)
        return true
      } finally {
        await handle.close()
      }
    } finally {
      key.fill(0)
    }
  } catch {
    stopIfAborted(signal)
    return false
  }
}
