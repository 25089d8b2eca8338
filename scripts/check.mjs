// npm run check: format, lint, types, dead code, unit tests. Quick; needs no window and no engine.

import { main, say, seconds } from './run.mjs'
import { runSideBySide, staticSuites, unitSuite } from './suites.mjs'

await main(async () => {
  const started = Date.now()
  const { passed, failed } = await runSideBySide([unitSuite, ...staticSuites], { quiet: true })
  say(`check: ${passed} passed, ${failed} failed in ${seconds(Date.now() - started)}`)
  return failed === 0 ? 0 : 1
})
