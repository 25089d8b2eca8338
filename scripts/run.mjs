// What every script here shares: where things are, how a line is said, how a step is run and timed.
// Plain JavaScript for Node 20: these files run before the pinned Node is there.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** The folder of the checkout's own tools; put first on PATH so that every step sees the pinned Node. */
const toolsDir = join(root, 'node_modules', '.bin')

/** The oldest Node the tool chain runs on. */
const oldestNode = [22, 14]

/** A failure that a person can act on: shown as its message, without a stack. */
export class SetupError extends Error {}

/** Says one line. On stderr, so that stdout stays free for results. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Whether this very process runs on a Node that is new enough for the tool chain. */
export function nodeIsNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** The Node to run everything on: the pinned one of node_modules, else this process's own if it is new enough. */
export function pinnedNode() {
  const modules = join(root, 'node_modules')
  if (!existsSync(modules)) {
    throw new SetupError(`The dependencies are not installed: run "npm ci" in ${root} first.`)
  }
  const pinned = process.platform === 'win32' ? `node-win-${process.arch}/bin/node.exe` : '.bin/node'
  if (existsSync(join(modules, pinned))) return join(modules, pinned)
  if (nodeIsNewEnough()) return process.execPath
  throw new SetupError(
    `Node ${oldestNode.join('.')} or newer is needed; this is ${process.versions.node}, and none came with the dependencies: ` +
      `run "npm ci" again without --omit=optional, or install a newer Node.`,
  )
}

/** The environment of every step: the pinned tools first on PATH, plus `extra`. */
export function toolEnv(extra = {}) {
  return { ...process.env, PATH: `${toolsDir}${delimiter}${process.env['PATH'] ?? ''}`, ...extra }
}

/** The path of a JavaScript file inside an installed package, e.g. tool('vitest/vitest.mjs'). */
export function tool(file) {
  return join(root, 'node_modules', file)
}

/**
 * Runs a command and waits for its end. Never throws for a failing command.
 * `stdio` is 'inherit' (default), 'stderr' (all its output to our stderr) or 'capture'. Refuses once this script was told to stop.
 * @returns {Promise<{ code: number, output: string, tookMs: number }>} code is 128+n after signal n, 124 after the time-out
 */
export async function run(command, args, { cwd = root, env = {}, stdio = 'inherit', timeoutMs = 0 } = {}) {
  if (stoppedBy) throw new SetupError(`Stopped by ${stoppedBy}.`)
  const started = Date.now()
  const pipes = { inherit: 'inherit', stderr: ['inherit', 2, 2], capture: ['ignore', 'pipe', 'pipe'] }[stdio]
  return new Promise((resolve) => {
    // Captured output is shown later or searched: plain, unless a person's terminal will get it.
    const plain = stdio === 'capture' && !process.stderr.isTTY ? { NO_COLOR: '1', FORCE_COLOR: '0' } : {}
    const child = spawn(command, args, { cwd, env: toolEnv({ ...plain, ...env }), stdio: pipes })
    let output = ''
    let timedOut = false
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    const timer = timeoutMs ? setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeoutMs) : undefined
    children.add(child)
    const finish = (code) => {
      clearTimeout(timer)
      children.delete(child)
      resolve({ code: timedOut ? 124 : code, output, tookMs: Date.now() - started })
    }
    child.on('error', (error) => {
      output += error.message
      finish(127)
    })
    child.on('close', (code, signal) => finish(code ?? 128 + signalNumbers[signal]))
  })
}

const signalNumbers = constants.signals
const children = new Set()
let stoppedBy = null

/** From now on a signal to this script goes to what it runs; it ends after that, with everything tidied up. */
function passSignalsOn() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stoppedBy = signal
      if (children.size === 0) process.exit(128 + signalNumbers[signal])
      if (!reachesChildren(signal)) for (const child of children) child.kill(signal)
    })
  }
}

/** Ctrl+C in a terminal goes to every process in the foreground: passing it on would make it two. */
export function reachesChildren(signal) {
  return signal === 'SIGINT' && process.stdin.isTTY === true
}

/** "3.2 s" for a span in milliseconds. */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

/** Runs a script's main function; a SetupError ends it with its message alone, anything else with its stack; both with exit code 1. */
export async function main(body) {
  passSignalsOn()
  try {
    const code = await body(process.argv.slice(2))
    if (typeof code === 'number') process.exitCode = code
  } catch (error) {
    process.exitCode = sayFailure(error)
  }
}

/** Says why something failed; gives the exit code for it. */
export function sayFailure(error) {
  say(error instanceof SetupError ? error.message : (error?.stack ?? String(error)))
  return stoppedBy ? 128 + signalNumbers[stoppedBy] : 1
}

/** Whether a script file is the one that was started, not imported. */
export function isMain(metaUrl) {
  return process.argv[1] !== undefined && fileURLToPath(metaUrl) === process.argv[1]
}
