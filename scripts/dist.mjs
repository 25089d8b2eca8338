// npm run dist: packages the app for this machine's system with electron-builder. Arguments go to electron-builder.

import { buildIfStale } from './build-if-stale.mjs'
import { main, pinnedNode, run, tool } from './run.mjs'

await main(async (args) => {
  const node = pinnedNode()
  await buildIfStale({ force: true })
  // electron-builder fetches Electron itself: the compatibility runtime is never packaged.
  const { code } = await run(node, [tool('electron-builder/cli.js'), '--publish', 'never', ...args])
  return code
})
