import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds `resources`, found upwards from this very file; the same in a checkout and when installed. */
export function installRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'resources', 'hatch'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('The resources folder of Clawkeep is missing')
    folder = parent
  }
  return folder
}
