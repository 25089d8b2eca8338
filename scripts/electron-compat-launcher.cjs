// Runs inside the compatibility runtime (see electron-compat.mjs) as its resources/app, in place of Electron's stock default
// app: `electron [-r module]… [switches] <app folder>`. Does what electron/default_app/main.ts does with an app folder, and
// answers require('better-sqlite3') with the copy that was built for this runtime.

'use strict'

const { app } = require('electron')
const Module = require('node:module')
const fs = require('node:fs')
const path = require('node:path')

const preloads = []
let appFolder = null
const args = process.argv.slice(1)
for (let at = 0; at < args.length && appFolder === null; at += 1) {
  if (args[at] === '-r' || args[at] === '--require') preloads.push(args[(at += 1)])
  else if (!args[at].startsWith('-')) appFolder = path.resolve(args[at])
}

// better-sqlite3 13 needs Node-API 10, which this runtime lacks: loading it would crash the process, not throw.
const ownSqlite = path.join(__dirname, 'node_modules', 'better-sqlite3')
const resolveFilename = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  return resolveFilename.call(this, request === 'better-sqlite3' ? ownSqlite : request, ...rest)
}

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
if (preloads.length > 0) Module._preloadModules(preloads)

if (appFolder === null) {
  process.stderr.write('usage: electron [switches] <app folder>\n')
  app.exit(2)
} else {
  try {
    const about = JSON.parse(fs.readFileSync(path.join(appFolder, 'package.json'), 'utf8'))
    if (about.version) app.setVersion(about.version)
    app.setName(about.productName ?? about.name)
    app.setDesktopName(about.desktopName ?? `${app.name}.desktop`)
    app.setAppPath(appFolder)
    require(path.resolve(appFolder, about.main))
  } catch (error) {
    process.stderr.write(`${error.stack}\n`)
    app.exit(1)
  }
}
