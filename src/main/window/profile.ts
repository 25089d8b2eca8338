import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { makePrivateFolder } from '../private-folder.ts'

/** Puts Electron's own files into a folder of the home: two homes are two apps, and one folder holds everything. */
export function useProfile(home: string): void {
  const folder = join(home, 'window')
  try {
    makePrivateFolder(home)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    app.setPath('userData', folder)
  } catch {
    // The core says in the window why the home cannot be used; Electron keeps its usual folder for that.
  }
}
