// npm test: sets up everything that is missing, builds, runs every suite. The last line is "N passed, N failed" over all of them.

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, say } from './run.mjs'
import { integrationSuite, runSideBySide, runSuite, staticSuites, unitSuite, windowSuite } from './suites.mjs'
import { prepareWindow } from './window.mjs'

await main(async () => {
  const window = await prepareWindow()
  try {
    // Without an engine the tests that need one fail with this same message; the others still tell something.
    await ensureEngine().catch((error) => say(error.message))
    await buildIfStale()
    const results = [await runSideBySide(staticSuites, { quiet: true })]
    for (const suite of [unitSuite, integrationSuite, windowSuite]) {
      results.push(await runSuite(suite, { env: window.env }))
    }
    const passed = results.reduce((sum, result) => sum + result.passed, 0)
    const failed = results.reduce((sum, result) => sum + result.failed, 0)
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
    return failed === 0 ? 0 : 1
  } finally {
    window.close()
  }
})
