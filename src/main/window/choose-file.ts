import { BrowserWindow, dialog, type WebContents } from 'electron'

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
