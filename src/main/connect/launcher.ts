import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How another program starts the `clawkeep` command of this installation: absolute paths only, because programs that are
 * started from a desktop have no PATH worth the name. Null where there is no command.
 */
export function findLauncher(root: string): ReadonlyArray<string> | null {
  const script = join(root, 'bin', 'clawkeep')
  if (!existsSync(script)) return null
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const system = process.platform === 'win32' ? 'win' : process.platform
  const packages = ['node', 'node-bin'].map((kind) =>
    join('node_modules', `${kind}-${system}-${process.arch}`, 'bin', name),
  )
  const pinned = packages.map((path) => join(root, path)).find((path) => existsSync(path))
  if (pinned !== undefined) return [pinned, script]
  return process.versions['electron'] === undefined ? [process.execPath, script] : [script]
}
