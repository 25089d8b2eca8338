// npm run demo: sets up everything that is missing, builds, and plays the main job (scripts/demo/play.ts).

import { join } from 'node:path'

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, pinnedNode, root, run } from './run.mjs'
import { prepareWindow } from './window.mjs'

await main(async (args) => {
  const node = pinnedNode()
  const window = await prepareWindow()
  try {
    await ensureEngine()
    await buildIfStale()
    const { code } = await run(node, [join(root, 'scripts', 'demo', 'play.ts'), ...args], { env: window.env })
    return code
  } finally {
    window.close()
  }
})
