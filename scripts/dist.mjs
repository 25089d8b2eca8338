// npm run dist: packages the app for this machine's system with electron-builder. Arguments go to electron-builder.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { buildIfStale } from './build-if-stale.mjs'
import { main, pinnedNode, root, run, tool } from './run.mjs'

await main(async (args) => {
  const node = pinnedNode()
  await buildIfStale({ force: true })
  const commandLine = join(root, 'out', 'cli')
  rmSync(commandLine, { recursive: true, force: true })
  for (const part of ['cli.cjs', 'apart-worker.cjs', 'strength-worker.cjs', 'chunks']) {
    cpSync(join(root, 'out', 'main', part), join(commandLine, part), { recursive: true })
  }
  // electron-builder fetches Electron itself: the compatibility runtime is never packaged.
  const { code } = await run(node, [tool('electron-builder/cli.js'), '--publish', 'never', ...args])
  return code
})
