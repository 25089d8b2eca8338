import { basename } from 'node:path'
import { AppError } from '../../../shared/app-error.ts'
import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { AttachedFile } from '../../../shared/models/item.ts'
import { attachFrom, saveTo } from '../../file-exchange.ts'
import type { Caller, Handlers } from '../router.ts'
import { endOf, person } from './askers.ts'
import type { Core } from './core.ts'

type FileRoutes = Extract<RouteName, `files.${string}`>

export function fileHandlers({ vault, audit, openSecret, fileDialogs, fileWork }: Core): Pick<Handlers, FileRoutes> {
  const { items } = vault
  const attach = (itemId: string, path: string, caller: Caller): Promise<AttachedFile> =>
    audit.around({ kind: 'file.attach', asker: person(caller), itemIds: [itemId] }, async (op) => {
      const file = await fileWork.run(
        { kind: 'attach', itemId, name: basename(path) },
        (course) => attachFrom(items.files, itemId, path, course),
        endOf(caller),
      )
      op.note({ target: file.id, bytesIn: file.bytes })
      return file
    })
  const save = (id: string, path: string, caller: Caller, overwrite: boolean): Promise<void> => {
    const { itemId, name } = items.files.get(id)
    return audit.around({ kind: 'file.save', asker: person(caller), itemIds: [itemId], target: id }, async (op) =>
      openSecret(caller, () =>
        fileWork.run(
          { kind: 'save', itemId, name },
          async (course) => op.note({ bytesOut: await saveTo(items.files, id, path, { overwrite, ...course }) }),
          endOf(caller),
        ),
      ),
    )
  }
  return {
    'files.attach': ({ itemId, path }, caller) => {
      onlyByCommand(caller)
      return attach(itemId, path, caller)
    },
    'files.choose': async ({ itemId }, caller) => {
      items.get(itemId)
      const path = await fileDialogs.open()
      return path === null ? null : attach(itemId, path, caller)
    },
    'files.save': async ({ id, path }, caller) => {
      onlyByCommand(caller)
      await save(id, path, caller, false)
      return null
    },
    'files.saveAs': async ({ id }, caller) => {
      const { name } = items.files.get(id)
      // Before the dialog, which would otherwise be for nothing.
      openSecret(caller, () => undefined)
      const path = await fileDialogs.save(name)
      if (path === null) return { saved: false }
      await save(id, path, caller, true)
      return { saved: true }
    },
    'files.work': () => [...fileWork.list()],
    'files.cancel': ({ id }) => {
      fileWork.cancel(id)
      return null
    },
    'files.remove': ({ id }, caller) =>
      audit.around({ kind: 'file.remove', asker: person(caller), target: id }, async () => {
        items.files.remove(id)
        return null
      }),
  }
}

/** A page in a hostile hand must not name the files that are read and written: there the person chooses them in a dialog. */
function onlyByCommand(caller: Caller): void {
  if (caller.kind !== 'cli') throw new AppError('refused', 'In the window a file is chosen in a dialog.')
}
