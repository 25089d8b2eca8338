import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The file of a worker, to be started by its path: beside the module that asks (its `import.meta.url`) in a checkout; in a build
 * that module lies in a chunk below the worker.
 */
export function workerFile(name: string, askedFrom: string): string {
  const here = dirname(fileURLToPath(askedFrom))
  const places = [join(here, `${name}.ts`), join(here, `${name}.cjs`), join(dirname(here), `${name}.cjs`)]
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw new Error(`${name} is missing from the build`)
  return found
}
