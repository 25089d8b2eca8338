import { existsSync } from 'node:fs'
import { join } from 'node:path'

const node = process.platform === 'win32' ? 'node.exe' : 'node'

/**
 * How another program starts the `clawkeep` command of this installation: absolute paths only, because programs that are
 * started from a desktop have no PATH worth the name. `root` is the checkout, or the folder that holds the installed app's
 * `resources`. Null where there is no command that will still be there tomorrow: an AppImage is mounted anew at each start.
 */
export function findLauncher(root: string): ReadonlyArray<string> | null {
  return checkedOut(root) ?? installedLauncher(join(root, 'resources'))
}

/** The same in an installed app; `resources` as Electron names it. */
export function installedLauncher(resources: string): ReadonlyArray<string> | null {
  const command = [join(resources, 'node', 'bin', node), join(resources, 'app.asar.unpacked', 'out', 'main', 'cli.cjs')]
  return process.env['APPIMAGE'] === undefined && command.every((path) => existsSync(path)) ? command : null
}

function checkedOut(root: string): ReadonlyArray<string> | null {
  const script = join(root, 'bin', 'clawkeep')
  if (!existsSync(script)) return null
  const system = process.platform === 'win32' ? 'win' : process.platform
  const packages = ['node', 'node-bin'].map((kind) =>
    join('node_modules', `${kind}-${system}-${process.arch}`, 'bin', node),
  )
  const pinned = packages.map((path) => join(root, path)).find((path) => existsSync(path))
  if (pinned !== undefined) return [pinned, script]
  return process.versions['electron'] === undefined ? [process.execPath, script] : [script]
}
