import { join } from 'node:path'
import { app } from 'electron'

/** The folder of icons and of what containers are given: beside the archive when installed, `resources` in a checkout. */
export function resourcesFolder(): string {
  return app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources')
}
