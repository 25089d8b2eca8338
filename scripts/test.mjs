// npm test: sets up everything that is missing, builds, runs every suite. The last line is "N passed, N failed" over all of them.

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, say, sayFailure } from './run.mjs'
import { loadSuite, longSuites, runSideBySide, runSuite, staticSuites, unitSuite, windowSuite } from './suites.mjs'
import { prepareWindow, testScreens } from './window.mjs'

await main(async () => {
  const window = await prepareWindow({ screens: testScreens, groups: ['keyring'] })
  try {
    // Without an engine the tests that need one fail with this same message; the others still tell something.
    await ensureEngine().catch((error) => say(error.message))
    const { env } = window
    const results = [
      await build(),
      await runSideBySide([unitSuite, ...staticSuites], { quiet: true }),
      await runSideBySide(longSuites, { quiet: true, env }),
      await runSuite(loadSuite, { env }),
      await runSuite(windowSuite, { env }),
    ]
    const passed = results.reduce((sum, result) => sum + result.passed, 0)
    const failed = results.reduce((sum, result) => sum + result.failed, 0)
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
    return failed === 0 ? 0 : 1
  } finally {
    window.close()
  }
})

/** A build that fails is one failed test: the suites that need no build still tell something. */
async function build() {
  try {
    await buildIfStale()
    return { passed: 0, failed: 0 }
  } catch (error) {
    sayFailure(error)
    return { passed: 0, failed: 1 }
  }
}
