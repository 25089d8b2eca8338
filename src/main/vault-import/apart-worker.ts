import { parentPort, workerData } from 'node:worker_threads'
import { toWireError } from '../../shared/app-error.ts'
import { packExport, type PackRequest } from '../vault-export/pack-export.ts'
import { parseFile, type ParseRequest } from './parse-file.ts'

/** What the other thread can be asked for. */
export type ApartTask =
  | { readonly kind: 'parse'; readonly request: ParseRequest }
  | { readonly kind: 'pack'; readonly request: PackRequest }

/** The other side of `apart.ts`: does one task and ends. */
async function main(task: ApartTask): Promise<void> {
  const work = task.kind === 'parse' ? parseFile(task.request) : packExport(task.request)
  const answer = await work.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error: toWireError(error) }),
  )
  parentPort?.postMessage(answer)
}

void main(workerData as ApartTask)
