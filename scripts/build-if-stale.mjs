// Builds the app into out/ when it is not there or older than what it is made of.
//
//   node scripts/build-if-stale.mjs [--force]

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { dropCompiledCode } from './compiled-code.mjs'
import { withLock } from './lock.mjs'
import { isMain, main, pinnedNode, root, run, say, seconds, SetupError, tool } from './run.mjs'

const stampFile = join(root, 'out', 'build-stamp')

/** What the build is made of. */
const inputs = ['src', 'resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json']

/** Builds if need be. Everything it says goes to stderr. Safe when two processes ask at once: one builds, the other waits. */
export async function buildIfStale({ force = false } = {}) {
  if (!force && isFresh()) return
  await withLock(join(root, 'node_modules', '.cache', 'clawkeep-build.lock'), 'it builds the app', async () => {
    const fingerprint = fingerprintOfInputs()
    if (!force && isFresh(fingerprint)) return
    rmSync(stampFile, { force: true })
    dropCompiledCode()
    say('Building …')
    const { code, output, tookMs } = await run(pinnedNode(), [tool('electron-vite/bin/electron-vite.js'), 'build'], {
      stdio: 'capture',
    })
    if (code !== 0) throw new SetupError(`The build failed:\n${output.trim()}`)
    writeFileSync(stampFile, fingerprint)
    say(`Built in ${seconds(tookMs)}`)
  })
}

function isFresh(fingerprint = fingerprintOfInputs()) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint
}

/** Changes when any input file is added, removed or written. Sizes and times, not contents: this runs on every CLI call. */
function fingerprintOfInputs() {
  const hash = createHash('sha256')
  const visit = (path) => {
    const full = `${root}/${path}`
    const stat = statSync(full, { throwIfNoEntry: false })
    if (!stat) return
    if (stat.isDirectory()) for (const name of readdirSync(full).sort()) visit(`${path}/${name}`)
    else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`)
  }
  for (const input of inputs) visit(input)
  return hash.digest('hex')
}

if (isMain(import.meta.url)) {
  await main((args) => buildIfStale({ force: args.includes('--force') }))
}
