// Sees to it that a container engine answers: finds one, or installs and starts Docker when it may (root, Debian-like).
//
//   node scripts/docker-engine.mjs       prints { reachable, version, host, startedHere } as JSON

import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { withLock } from './lock.mjs'
import { isMain, main, run, say, SetupError } from './run.mjs'
import { ensurePackages, findProgram } from './system-packages.mjs'

/** Where the log of an engine that was started here goes. */
const logFile = '/var/log/clawkeep-dockerd.log'

/** How long a started engine may take until it answers. */
const startMs = 60_000

/**
 * An engine that answers. Installs and starts one if need be and allowed; it stays running afterwards.
 * Throws a SetupError that says what to do.
 * @returns {Promise<{ reachable: true, version: string, host: string, startedHere: boolean }>}
 */
export async function ensureEngine() {
  const found = await findEngine()
  if (found.reachable) return { ...found, startedHere: false }
  const mayStart = process.platform === 'linux' && process.getuid() === 0 && !process.env['DOCKER_HOST']
  if (!mayStart) throw new SetupError(`${found.problem}\n${adviceFor(found)}`)
  return withLock('/run/clawkeep-engine.lock', 'it starts the Docker engine', async () => {
    const again = await findEngine()
    if (again.reachable) return { ...again, startedHere: false }
    say('Docker: no engine answers on this machine.')
    await ensurePackages(['engine'])
    return { ...(await start()), startedHere: true }
  })
}

/**
 * Looks for an engine and asks it for its version. Never throws.
 * @returns {Promise<{ reachable: true, version: string, host: string } | { reachable: false, problem: string, denied: boolean }>}
 */
export async function findEngine() {
  let last = null
  for (const host of hosts()) {
    const answer = await ping(host)
    if (answer.version) return { reachable: true, version: answer.version, host }
    // A socket that is there but refuses says more than one that is absent.
    if (!last || answer.code !== 'ENOENT') last = { host, ...answer }
  }
  const problem =
    last.code === 'EACCES'
      ? `Docker: the engine at ${last.host} is there, but this user may not use it.`
      : `Docker: no engine answers at ${last.host} (${last.code}).`
  return { reachable: false, problem, denied: last.code === 'EACCES' }
}

function hosts() {
  if (process.env['DOCKER_HOST']) return [process.env['DOCKER_HOST']]
  if (process.platform === 'win32') return ['npipe:////./pipe/docker_engine']
  const rootless = process.env['XDG_RUNTIME_DIR'] ? [join(process.env['XDG_RUNTIME_DIR'], 'docker.sock')] : []
  const sockets = ['/var/run/docker.sock', ...rootless, join(homedir(), '.docker', 'run', 'docker.sock')]
  return sockets.map((path) => `unix://${path}`)
}

/** Asks GET /version; gives { version } or { code }. A host over ssh or TLS is left to the docker program. */
async function ping(host) {
  const local = /^(?:unix|npipe):\/\/(.+)$/.exec(host)
  const tcp = /^tcp:\/\/([^:/]+):(\d+)/.exec(host)
  if ((!local && !tcp) || process.env['DOCKER_TLS_VERIFY']) {
    const { code, output } = await run('docker', ['version', '-f', '{{.Server.Version}}'], {
      stdio: 'capture',
      timeoutMs: 15_000,
    })
    return code === 0 ? { version: output.trim() } : { code: output.trim().split('\n')[0] }
  }
  const where = local ? { socketPath: local[1] } : { host: tcp[1], port: Number(tcp[2]) }
  return new Promise((resolve) => {
    const asked = request({ ...where, path: '/version', timeout: 5_000 }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => {
        try {
          resolve({ version: JSON.parse(body).Version })
        } catch {
          resolve({ code: `HTTP ${response.statusCode}` })
        }
      })
    })
    asked.on('timeout', () => asked.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
    asked.on('error', (error) => resolve({ code: error.code ?? error.message }))
    asked.end()
  })
}

function adviceFor(found) {
  if (process.env['DOCKER_HOST']) return 'DOCKER_HOST is set to it: start that engine, or unset DOCKER_HOST.'
  if (process.platform !== 'linux') return 'Start Docker Desktop (or another engine), then try again.'
  if (found.denied) return 'Run this once, log in again, then try again:\n  sudo usermod -aG docker "$USER"'
  if (findProgram('dockerd') && existsSync('/run/systemd/system')) {
    return 'Run this, then try again:\n  sudo systemctl start docker'
  }
  if (findProgram('dockerd')) return 'Run this, then try again:\n  sudo dockerd'
  return existsSync('/usr/bin/apt-get')
    ? 'Run this once, then try again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends docker.io iptables'
    : 'Install Docker (https://docs.docker.com/engine/install/), then try again.'
}

async function start() {
  // Installing the package may already have started it.
  const already = await waitForEngine(2_000)
  if (already) return already
  if (existsSync('/run/systemd/system')) {
    say('Docker: systemctl start docker')
    const { code, output } = await run('systemctl', ['start', 'docker'], { stdio: 'capture', timeoutMs: startMs })
    const engine = code === 0 ? await waitForEngine(startMs) : null
    if (engine) return engine
    throw new SetupError(`Docker: the engine did not start. See "journalctl -u docker".\n${output.trim()}`)
  }
  mkdirSync('/var/log', { recursive: true })
  const log = openSync(logFile, 'w', 0o600)
  say(`Docker: starting the engine in the background (log: ${logFile})`)
  const engine = spawn(findProgram('dockerd') ?? 'dockerd', [], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    // A plain environment: the engine must not inherit npm's, and needs sbin for iptables.
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
  })
  closeSync(log)
  const ended = new Promise((resolve) => {
    engine.on('exit', () => resolve(null))
    engine.on('error', () => resolve(null))
  })
  const answer = await Promise.race([waitForEngine(startMs), ended])
  engine.unref()
  if (answer) return answer
  throw new SetupError(explain(readFileSync(logFile, 'utf8')))
}

async function waitForEngine(withinMs) {
  const deadline = Date.now() + withinMs
  do {
    const found = await findEngine()
    if (found.reachable) return found
    await sleep(250)
  } while (Date.now() < deadline)
  return null
}

/** The known reasons why an engine does not start in a container or a small virtual machine, each with its remedy. */
function explain(log) {
  const reasons = [
    [
      /iptables.*(?:Failed to initialize nft|Table does not exist|incompatible)/is,
      'update-alternatives --set iptables /usr/sbin/iptables-legacy',
    ],
    [
      /[Dd]evices cgroup isn't mounted|cgroup.*(?:not mounted|mountpoint not found)/s,
      'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    ],
    [
      /iptables.*[Pp]ermission denied|[Oo]peration not permitted/s,
      'run this machine as a privileged container, or use an engine outside it (DOCKER_HOST)',
    ],
    [/pid file found, ensure docker is not running/s, 'rm /var/run/docker.pid'],
    [/no space left on device/s, 'free some disk space under /var/lib/docker'],
  ]
  const remedy = reasons.find(([pattern]) => pattern.test(log))?.[1]
  const tail = log.trim().split('\n').slice(-8).join('\n')
  return `Docker: the engine did not start.${remedy ? ` Try this, then try again:\n  ${remedy}` : ''}\nLast lines of ${logFile}:\n${tail}`
}

if (isMain(import.meta.url)) {
  await main(async () => {
    process.stdout.write(`${JSON.stringify(await ensureEngine())}\n`)
  })
}
