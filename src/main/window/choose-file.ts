import { BrowserWindow, dialog, type WebContents } from 'electron'
import type { FileDialogs } from '../ipc/handlers/core.ts'

/** Asks the person for a file with keys of clients, in the system's own dialog; null when they chose none. */
export async function chooseKeyFile(contents: WebContents | null): Promise<string | null> {
  const window = contents === null ? null : BrowserWindow.fromWebContents(contents)
  if (window === null) return null
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Choose a file with keys',
    buttonLabel: 'Look at it',
    properties: ['openFile'],
    filters: [
      { name: 'Keys', extensions: ['txt', 'csv', 'json'] },
      { name: 'All files', extensions: ['*'] },
    ],
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
