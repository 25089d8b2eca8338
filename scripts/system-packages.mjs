// Finds which system packages are missing, shows them, and installs them when it may (root on a Debian-like system).
//
//   node scripts/system-packages.mjs [window] [engine]

import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { isMain, main, run, say, SetupError } from './run.mjs'

/**
 * What each part of the work needs: a Debian package (with its newer name, where it was renamed) and the thing that proves it
 * is there. The proof is looked at, not the package list: a library that came another way counts.
 */
const needs = {
  window: [
    { package: 'libgtk-3-0', newer: 'libgtk-3-0t64', library: 'libgtk-3.so.0', why: "Electron's windows" },
    { package: 'libnss3', library: 'libnss3.so', why: "Chromium's cryptography" },
    { package: 'libasound2', newer: 'libasound2t64', library: 'libasound.so.2', why: "Chromium's sound library" },
    { package: 'libgbm1', library: 'libgbm.so.1', why: "Chromium's graphics buffers" },
    { package: 'libxss1', library: 'libXss.so.1', why: 'noticing an idle screen' },
    { package: 'libsecret-1-0', library: 'libsecret-1.so.0', why: 'the desktop keyring' },
    { package: 'libcups2', newer: 'libcups2t64', library: 'libcups.so.2', why: 'Electron links to it' },
    { package: 'libxkbcommon0', library: 'libxkbcommon.so.0', why: 'the keyboard' },
    { package: 'libxtst6', library: 'libXtst.so.6', why: 'Electron links to it' },
    {
      package: 'libatk-bridge2.0-0',
      newer: 'libatk-bridge2.0-0t64',
      library: 'libatk-bridge-2.0.so.0',
      why: 'screen readers',
    },
    {
      package: 'fonts-liberation',
      files: ['/usr/share/fonts/truetype/liberation', '/usr/share/fonts/liberation'],
      why: 'letters',
    },
  ],
  // Only where there is no display of its own.
  display: [
    { package: 'xvfb', program: 'Xvfb', why: 'a screen without a monitor' },
    { package: 'xauth', program: 'xauth', why: 'xvfb-run needs it' },
  ],
  // A keyring of the tests' own, for the real keychain calls.
  keyring: [
    { package: 'gnome-keyring', program: 'gnome-keyring-daemon', why: 'keeps what quick unlock seals' },
    { package: 'dbus-daemon', program: 'dbus-daemon', why: 'how programs reach the keyring' },
    { package: 'dbus-bin', program: 'dbus-send', why: 'asks whether the keyring is there' },
  ],
  engine: [
    { package: 'docker.io', program: 'dockerd', why: 'runs the assistants' },
    { package: 'iptables', program: 'iptables', why: "the engine's networks" },
    { package: 'ca-certificates', files: ['/etc/ssl/certs/ca-certificates.crt'], why: 'pulling images' },
  ],
}

/** The packages of a group that are missing on this machine; none on systems other than Linux, where nothing of this applies. */
export function missingPackages(group) {
  if (process.platform !== 'linux') return []
  return needs[group].filter((need) => !isThere(need))
}

/**
 * Sees to it that the packages of `groups` are there: installs what is missing as root on a Debian-like system, and
 * otherwise throws a SetupError that names the one command to run.
 */
export async function ensurePackages(groups) {
  const missing = groups.flatMap((group) => missingPackages(group))
  if (missing.length === 0) return
  say(`Missing on this system (${missing.length}):`)
  for (const need of missing) say(`  ${need.package.padEnd(20)} ${need.why}`)
  if (!existsSync('/usr/bin/apt-get')) {
    const names = missing.map((need) => need.package).join(' ')
    throw new SetupError(
      `Install them with this system's package manager (the names above are Debian's: ${names}), then try again.`,
    )
  }
  if (process.getuid() !== 0) {
    const names = (await installable(missing)).join(' ')
    throw new SetupError(
      `Run this once, then try again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`,
    )
  }
  await install(missing)
}

async function install(missing) {
  if ((await candidates(missing)).includes(null)) {
    say('apt-get update …')
    await apt(['update'])
  }
  for (const name of await installable(missing)) say(`Installing ${name}`)
  const names = await installable(missing)
  // Lists that are there but old name versions the mirror no longer has: one update, one more try.
  const first = await apt(['install', '-y', '--no-install-recommends', ...names])
  const last =
    first.code === 0
      ? first
      : (await apt(['update'])) && (await apt(['install', '-y', '--no-install-recommends', ...names]))
  if (last.code !== 0)
    throw new SetupError(`apt-get could not install ${names.join(' ')}:\n${last.output.trim().slice(-2_000)}`)
}

function apt(args) {
  // Another apt on a fresh machine (unattended upgrades) may hold the lock for a while.
  const patient = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', '-q']
  return run('apt-get', [...patient, ...args], {
    stdio: 'capture',
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: 900_000,
  })
}

/** For each need the name apt can install here, or null. */
async function candidates(missing) {
  const names = missing.flatMap((need) => (need.newer ? [need.newer, need.package] : [need.package]))
  const { output } = await run('apt-cache', ['policy', ...names], { stdio: 'capture', env: { LC_ALL: 'C' } })
  const known = new Set([...output.matchAll(/^(\S+):\n.*\n  Candidate: (?!\(none\))/gm)].map(([, name]) => name))
  return missing.map((need) => [need.newer, need.package].find((name) => known.has(name)) ?? null)
}

async function installable(missing) {
  return (await candidates(missing)).map((name, at) => name ?? missing[at].package)
}

function isThere(need) {
  if (need.program) return findProgram(need.program) !== null
  if (need.library) return libraryDirs().some((dir) => existsSync(join(dir, need.library)))
  return need.files.some((file) => existsSync(file))
}

/** The path of a program, or null. Looks into the system folders as well: a plain user's PATH has no sbin. */
export function findProgram(name) {
  const dirs = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ]
  for (const dir of dirs) {
    const file = join(dir, name)
    if (dir !== '' && existsSync(file) && statSync(file).isFile()) return file
  }
  return null
}

function libraryDirs() {
  const bases = ['/usr/lib', '/lib', '/usr/lib64', '/lib64', '/usr/local/lib']
  const triplets = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-gnu')) : []
  return [...bases, ...triplets.map((name) => join('/usr/lib', name))]
}

if (isMain(import.meta.url)) {
  await main(async (groups) => {
    const wanted = groups.length > 0 ? groups : Object.keys(needs)
    await ensurePackages(wanted)
    say(`Nothing is missing for: ${wanted.join(', ')}`)
  })
}
