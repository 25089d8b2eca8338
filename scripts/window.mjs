// Makes this machine able to show the app's window: packages, an Electron, a display, a working sandbox.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { resolveElectron } from './electron-runtime.mjs'
import { say, SetupError } from './run.mjs'
import { ensurePackages, findProgram } from './system-packages.mjs'

/**
 * Everything to start Electron with. `args` go before the app's folder. Call close() at the end.
 * @returns {Promise<{ executablePath: string, args: string[], env: Record<string, string>, close(): void }>}
 *   env holds DISPLAY and XAUTHORITY of a virtual screen where there is no real one, and tells tests and the demo
 *   the rest: CLAWKEEP_ELECTRON (the executable) and CLAWKEEP_ELECTRON_ARGS (separated by spaces).
 */
export async function prepareWindow() {
  const needsDisplay = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
  await ensurePackages(needsDisplay ? ['window', 'display'] : ['window'])
  const { executablePath } = await resolveElectron()
  // A machine without a display has no desktop bus either: Chromium would complain about that by the dozen.
  const args = [...sandboxArgs(executablePath), ...(needsDisplay ? ['--log-level=3'] : [])]
  const display = needsDisplay ? await openVirtualDisplay() : { env: {}, close() {} }
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

/**
 * Starts Xvfb on a free display number. Not through xvfb-run: that one does not pass signals on. Other users of the machine
 * cannot look at the screen: it wants a cookie from a file that only this user can read.
 */
async function openVirtualDisplay() {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-display-'))
  const cookieFile = join(folder, 'Xauthority')
  writeFileSync(cookieFile, authorityRecord(randomBytes(16)), { mode: 0o600 })
  const server = spawn(
    findProgram('Xvfb') ?? 'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1440x960x24', '-nolisten', 'tcp', '-auth', cookieFile],
    // Its own process group: Ctrl+C is for the app, which still needs its screen to close.
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  )
  const close = () => {
    server.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', close)
  const number = await new Promise((resolve, reject) => {
    let errors = ''
    server.stderr.on('data', (chunk) => (errors += chunk))
    server.stdio[3].once('data', (chunk) => resolve(String(chunk).trim()))
    server.once('error', reject)
    server.once('exit', () => reject(new SetupError(`Xvfb did not start:\n${errors.trim()}`)))
  })
  server.unref()
  for (const pipe of server.stdio) pipe?.unref?.()
  say(`No display here: using a virtual one (Xvfb :${number}), so nothing will be visible.`)
  return { env: { DISPLAY: `:${number}`, XAUTHORITY: cookieFile }, close }
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
