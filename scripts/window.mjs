// Makes this machine able to show the app's window: packages, an Electron, a display, a working sandbox.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { resolveElectron } from './electron-runtime.mjs'
import { say, SetupError } from './run.mjs'
import { ensurePackages, findProgram } from './system-packages.mjs'

/** How many windows the tests use at the same time, each on a screen of its own. */
export const testScreens = 2

/**
 * Everything to start Electron with. `args` go before the app's folder. Call close() at the end.
 * `groups`: what else of `system-packages.mjs` is needed. `screens` is how many virtual screens there are to be where there is no real one: windows that are used at the same time and
 * each need the focus and the clipboard for themselves want one each.
 * @returns {Promise<{ executablePath: string, args: string[], env: Record<string, string>, close(): void }>}
 *   env holds DISPLAY and XAUTHORITY of a virtual screen where there is no real one, and tells tests and the demo
 *   the rest: CLAWKEEP_ELECTRON (the executable), CLAWKEEP_ELECTRON_ARGS and CLAWKEEP_DISPLAYS (separated by spaces).
 */
export async function prepareWindow({ screens = 1, groups = [] } = {}) {
  const needsDisplay = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
  await ensurePackages([...(needsDisplay ? ['window', 'display'] : ['window']), ...groups])
  const { executablePath } = await resolveElectron()
  // A machine without a display has no desktop bus either: Chromium would complain about that by the dozen.
  const args = [...sandboxArgs(executablePath), ...(needsDisplay ? ['--log-level=3'] : [])]
  const display = needsDisplay ? await openVirtualDisplays(screens) : { env: {}, close() {} }
  const env = { ...display.env, CLAWKEEP_ELECTRON: executablePath, CLAWKEEP_ELECTRON_ARGS: args.join(' ') }
  return { executablePath, args, env, close: display.close }
}

/** Chromium refuses to sandbox for root; the app never turns its sandbox off, only these scripts, and they say so. */
function sandboxArgs(executablePath) {
  if (process.platform !== 'linux') return []
  if (process.getuid() === 0) {
    say('Running as root: passing --no-sandbox to Electron (only the scripts of this repository ever do).')
    return ['--no-sandbox']
  }
  const helper = join(dirname(executablePath), 'chrome-sandbox')
  const helperWorks = existsSync(helper) && statSync(helper).uid === 0 && (statSync(helper).mode & 0o4000) !== 0
  const namespacesWork =
    setting('kernel/unprivileged_userns_clone', '1') === '1' &&
    setting('kernel/apparmor_restrict_unprivileged_userns', '0') === '0'
  if (helperWorks || namespacesWork) return []
  throw new SetupError(
    `This system lets no plain user make the sandbox Electron needs. Run this once, then try again:\n` +
      `  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
  )
}

function setting(name, otherwise) {
  const file = `/proc/sys/${name}`
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : otherwise
}

/** Opens virtual screens. Other users of the machine cannot look at them: they want a cookie from a file that only this user can read. */
async function openVirtualDisplays(count) {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-display-'))
  const cookieFile = join(folder, 'Xauthority')
  writeFileSync(cookieFile, authorityRecord(randomBytes(16)), { mode: 0o600 })
  const servers = []
  const close = () => {
    for (const server of servers) server.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', close)
  const names = []
  // One after another: two that look for a free number at the same moment may find the same.
  for (let screen = 0; screen < count; screen += 1) {
    const server = spawnXvfb(cookieFile)
    servers.push(server)
    names.push(await displayName(server))
  }
  say(`No display here: using a virtual one (Xvfb ${names.join(', ')}), so nothing will be visible.`)
  return { env: { DISPLAY: names[0], CLAWKEEP_DISPLAYS: names.join(' '), XAUTHORITY: cookieFile }, close }
}

/** Starts Xvfb on a free display number. Not through xvfb-run: that one does not pass signals on. */
function spawnXvfb(cookieFile) {
  return spawn(
    findProgram('Xvfb') ?? 'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1440x960x24', '-nolisten', 'tcp', '-auth', cookieFile],
    // Its own process group: Ctrl+C is for the app, which still needs its screen to close.
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  )
}

/** ":0" or the like, once the server takes windows. It does not keep this process alive. */
async function displayName(server) {
  const number = await new Promise((resolve, reject) => {
    let errors = ''
    server.stderr.on('data', (chunk) => (errors += chunk))
    server.stdio[3].once('data', (chunk) => resolve(String(chunk).trim()))
    server.once('error', reject)
    server.once('exit', () => reject(new SetupError(`Xvfb did not start:\n${errors.trim()}`)))
  })
  server.unref()
  for (const pipe of server.stdio) pipe?.unref?.()
  return `:${number}`
}

/** One record of an Xauthority file: any address (family 0xffff), any display number (Xsecurity(7), libXau's AuFileName.c). */
function authorityRecord(cookie) {
  const counted = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
  const empty = counted(Buffer.alloc(0))
  return Buffer.concat([
    Buffer.from([0xff, 0xff]),
    empty,
    empty,
    counted(Buffer.from('MIT-MAGIC-COOKIE-1')),
    counted(cookie),
  ])
}
