// Finds the Electron to run, and fetches it when there is none. Looked for in this order: ELECTRON_OVERRIDE_DIST_PATH,
// node_modules/electron/dist, Electron's own download, the compatibility runtime of electron-compat.mjs.
//
//   node scripts/electron-runtime.mjs        prints { executablePath, kind, version } as JSON

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { cacheDir, compatIsPossible, compatVersion, prepareCompat } from './electron-compat.mjs'
import { withLock } from './lock.mjs'
import { isMain, main, pinnedNode, run, say, SetupError, tool } from './run.mjs'

/**
 * The Electron to run, ready to run.
 * @returns {Promise<{ executablePath: string, kind: 'override' | 'stock' | 'compat', version: string }>}
 */
export async function resolveElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) return overridden(override)
  pinnedNode() // says so when the dependencies are not installed
  const wanted = JSON.parse(readFileSync(tool('electron/package.json'), 'utf8')).version
  if (!stockIsThere(wanted)) await downloadStock(wanted)
  if (stockIsThere(wanted)) return { executablePath: stockExecutable(), kind: 'stock', version: wanted }
  if (!compatIsPossible) {
    throw new SetupError(
      `Electron ${wanted} could not be downloaded from GitHub. Check the network and run "npx install-electron",\n` +
        `or set ELECTRON_MIRROR to a mirror, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.`,
    )
  }
  const executablePath = await prepareCompat()
  say(
    `Electron: using the compatibility runtime ${compatVersion} (out of support, for development and tests only), ` +
      `because Electron ${wanted} could not be downloaded.`,
  )
  return { executablePath, kind: 'compat', version: compatVersion }
}

function overridden(folder) {
  const executablePath = join(folder, platformPath)
  if (!existsSync(executablePath)) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no ${platformPath} in it.`)
  }
  const versionFile = join(folder, 'version')
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') : 'unknown'
  return { executablePath, kind: 'override', version }
}

const platformPath =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron'

function stockExecutable() {
  return join(tool('electron'), 'dist', platformPath)
}

function stockIsThere(wanted) {
  const versionFile = tool('electron/dist/version')
  if (!existsSync(versionFile) || !existsSync(stockExecutable())) return false
  return readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') === wanted
}

/** Electron's own installer, where its server answers at all; a failure is quiet, because there is another way. */
async function downloadStock(wanted) {
  if (!(await downloadAnswers(wanted))) return
  await withLock(join(cacheDir(), 'stock.lock'), 'it downloads Electron', async () => {
    if (stockIsThere(wanted)) return
    say(`Electron: downloading ${wanted} …`)
    const { code, output } = await run(pinnedNode(), [tool('electron/install.js')], {
      stdio: 'capture',
      timeoutMs: 600_000,
    })
    if (code !== 0) say(`Electron: the download failed (${output.trim().split('\n')[0] || `exit code ${code}`}).`)
  })
}

async function downloadAnswers(wanted) {
  const env = process.env
  // Node's fetch knows no proxy and no mirror settings; the installer does, so with them it is simply tried.
  if (env['HTTPS_PROXY'] || env['https_proxy'] || env['ELECTRON_MIRROR'] || env['npm_config_electron_mirror'])
    return true
  try {
    const url = `https://github.com/electron/electron/releases/download/v${wanted}/SHASUMS256.txt`
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(8_000) })).ok
  } catch {
    return false
  }
}

if (isMain(import.meta.url)) {
  await main(async () => {
    process.stdout.write(`${JSON.stringify(await resolveElectron())}\n`)
  })
}
