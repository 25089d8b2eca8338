// An Electron window with one field in it, made as its documentation shows: the baseline of the start and memory benchmarks, and
// a browser with nothing of Clawkeep's.

// Electron 33 can load this only as CommonJS.
/* oxlint-disable typescript/no-require-imports */
const { app, BrowserWindow } = require('electron')
const path = require('node:path')

app.setPath('userData', process.env.EMPTY_WINDOW_PROFILE)

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false, webPreferences: { sandbox: true } })
  window.once('ready-to-show', () => window.show())
  void window.loadFile(path.join(__dirname, 'index.html'))
})
