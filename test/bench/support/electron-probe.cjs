// Loaded into an Electron app with -r: tells when its window is shown and takes input, and what its processes hold.
// Prints one JSON line when that is known, then quits.

// Electron 33 can load this only as CommonJS.
/* oxlint-disable typescript/no-require-imports */
const { app } = require('electron')

const idleMs = Number(process.env.CLAWKEEP_BENCH_IDLE_MS ?? 0)
const before = process.env.CLAWKEEP_BENCH_SCRIPT ?? ''

/** Resolves in the page when something there takes input and two frames have been drawn since. */
const takesInput = `new Promise((resolve) => {
  const look = () => {
    const field = document.querySelector('input:not(:disabled)')
    if (field === null) return setTimeout(look, 2)
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
  }
  look()
})`

app.once('browser-window-created', (_event, window) => {
  const shown = new Promise((resolve) => window.once('show', resolve))
  window.webContents.once('dom-ready', () => void look(window, shown))
})

async function look(window, shown) {
  try {
    await Promise.all([shown, window.webContents.executeJavaScript(takesInput)])
    const interactiveAtMs = Date.now()
    if (before !== '') await window.webContents.executeJavaScript(before)
    await new Promise((resolve) => setTimeout(resolve, idleMs))
    const processes = app.getAppMetrics().map(({ type, memory }) => ({ type, rssKiB: memory.workingSetSize }))
    process.stdout.write(`${JSON.stringify({ probe: true, interactiveAtMs, processes })}\n`)
  } catch (error) {
    process.stderr.write(`probe: ${error.stack}\n`)
  }
  app.quit()
}
