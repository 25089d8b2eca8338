// npm run e2e: the real Electron window, driven by Playwright. Arguments go to Playwright.

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, pinnedNode, run, say, tool } from './run.mjs'
import { prepareWindow, testScreens } from './window.mjs'

await main(async (args) => {
  const node = pinnedNode()
  const window = await prepareWindow({ screens: testScreens, groups: ['keyring'] })
  try {
    // Without an engine the tests that need one fail and say so.
    await ensureEngine().catch((error) => say(error.message))
    await buildIfStale()
    const { code } = await run(node, [tool('@playwright/test/cli.js'), 'test', ...args], { env: window.env })
    return code
  } finally {
    window.close()
  }
})
