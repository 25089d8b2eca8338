import { BrowserWindow, dialog, type OpenDialogOptions, type WebContents } from 'electron'
import type { ChoosePath, FileDialogs } from '../ipc/handlers/core.ts'

/** Asks the person for a file with keys of clients, in the system's own dialog; null when they chose none. */
export async function chooseKeyFile(contents: WebContents | null): Promise<string | null> {
  return choose(contents, {
    title: 'Choose a file with keys',
    buttonLabel: 'Look at it',
    filters: [{ name: 'Keys', extensions: ['txt', 'csv', 'json'] }],
  })
}

/** Asks the person for a backup of a vault; null when they chose none. */
export async function chooseBackupFile(contents: WebContents | null): Promise<string | null> {
  return choose(contents, {
    title: 'Choose a backup',
    buttonLabel: 'Choose',
    filters: [{ name: 'Backups', extensions: ['ckbackup', 'db'] }],
  })
}

async function choose(
  contents: WebContents | null,
  { filters = [], ...words }: Pick<OpenDialogOptions, 'title' | 'buttonLabel' | 'filters'>,
): Promise<string | null> {
  const window = contents === null ? null : BrowserWindow.fromWebContents(contents)
  if (window === null) return null
  const { filePaths } = await dialog.showOpenDialog(window, {
    ...words,
    properties: ['openFile'],
    filters: [...filters, { name: 'All files', extensions: ['*'] }],
  })
  return filePaths[0] ?? null
}

/** Asks for a file to attach, and where to save an attached one, in the system's own dialogs. */
export function attachmentDialogs(contents: () => WebContents | null): FileDialogs {
  const window = (): BrowserWindow | null => {
    const page = contents()
    return page === null ? null : BrowserWindow.fromWebContents(page)
  }
  return {
    async open() {
      const parent = window()
      if (parent === null) return null
      const { filePaths } = await dialog.showOpenDialog(parent, {
        title: 'Choose a file to attach',
        buttonLabel: 'Attach',
        properties: ['openFile'],
      })
      return filePaths[0] ?? null
    },
    async save(name) {
      const parent = window()
      if (parent === null) return null
      const { canceled, filePath } = await dialog.showSaveDialog(parent, {
        title: 'Save the file',
        defaultPath: name,
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      })
      return canceled || filePath === '' ? null : filePath
    },
  }
}

type Asked = Parameters<ChoosePath>[0]

const openDialogs = {
  import: { title: 'Choose a file to import', buttonLabel: 'Look at it' },
  'key-file': { title: 'Choose the key file', buttonLabel: 'Use it' },
  'breach-list': { title: 'Choose a list of breached passwords', buttonLabel: 'Use it' },
} as const

const saveDialogs = {
  export: { title: 'Where the export goes', buttonLabel: 'Export here' },
  kit: { title: 'Where the recovery kit goes', buttonLabel: 'Save the kit' },
} as const

/** Asks for a file of another password manager, its key file, or where an export or a recovery kit goes; null when they chose none. */
export async function choosePath(contents: WebContents | null, what: Asked, name = ''): Promise<string | null> {
  if (what !== 'export' && what !== 'kit') return choose(contents, openDialogs[what])
  const window = contents === null ? null : BrowserWindow.fromWebContents(contents)
  if (window === null) return null
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    ...saveDialogs[what],
    defaultPath: name,
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  })
  return canceled || filePath === '' ? null : filePath
}
