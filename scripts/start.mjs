// npm start: sets up what is missing, builds, opens the app. Arguments after `--` go to the app.

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, root, run, say } from './run.mjs'
import { prepareWindow } from './window.mjs'

await main(async (args) => {
  const window = await prepareWindow()
  try {
    // Assistants need an engine, the rest of the app does not: the window says so itself and can retry.
    await ensureEngine().catch((error) =>
      say(`${error.message}\nGoing on without: assistants will not run until an engine does.`),
    )
    await buildIfStale()
    const { code } = await run(window.executablePath, [...window.args, root, ...args], { env: window.env })
    return code
  } finally {
    window.close()
  }
})
