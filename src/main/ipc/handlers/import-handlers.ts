import { AppError, toWireError } from '../../../shared/app-error.ts'
import type { RouteName } from '../../../shared/ipc/contract.ts'
import type { Handlers } from '../router.ts'
import { person, whileAsked } from './askers.ts'
import type { Core } from './core.ts'

type ImportRoutes = Extract<RouteName, `import.${string}`>

export function importHandlers({ vaultImport, choosePath }: Core): Pick<Handlers, ImportRoutes> {
  return {
    'import.chooseFile': async () => {
      const path = await choosePath('import')
      return path === null ? null : vaultImport.choose({ path, keyFilePath: null })
    },
    'import.chooseKeyFile': async () => {
      const path = await choosePath('key-file')
      return path === null ? null : vaultImport.useKeyFile(path)
    },
    'import.preview': (choices) => vaultImport.preview(choices),
    'import.take': (choices, caller) => vaultImport.take(choices, person(caller)),
    'import.progress': () => vaultImport.progress(),
    'import.cancel': () => {
      vaultImport.close()
      return null
    },
    'import.shredFile': async () => {
      await vaultImport.shredFile()
      return null
    },
    'import.file': async ({ path, keyFilePath, choices, dryRun, shred }, caller) => {
      // A page that is not itself any more could have any file read, or shredded.
      if (caller.kind === 'window')
        throw new AppError('refused', 'The window does not name files.', { hint: 'Choose the file in its dialog.' })
      vaultImport.choose({ path, keyFilePath })
      const preview = await whileAsked(
        caller,
        () => vaultImport.close(),
        () => (dryRun ? vaultImport.preview(choices) : vaultImport.take(choices, person(caller))),
      )
      if (dryRun) vaultImport.close()
      if (!shred || dryRun || preview.keepFile !== null) return { preview, shredded: false, shredProblem: null }
      const shredProblem = await whyLeft(vaultImport.shredFile())
      return { preview, shredded: shredProblem === null, shredProblem }
    },
  }
}

/** Not thrown: the import is done, and whoever asked would take it for one that failed. */
async function whyLeft(shredding: Promise<void>): Promise<string | null> {
  try {
    await shredding
    return null
  } catch (error) {
    const { message, hint } = toWireError(error)
    return hint === undefined ? message : `${message} ${hint}`
  }
}
