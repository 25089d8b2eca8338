// One at a time, across processes: two checks, a test and a CLI call may all want to build or download at once.

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { say } from './run.mjs'

/** A lock or guard that names nobody for this long was left by a killed process. */
const patienceMs = 10_000

/**
 * Runs `body` while holding `file` as a lock (it contains the holder's pid). Waits while a living process holds it;
 * a dead holder's lock is taken over.
 */
export async function withLock(file, waitingFor, body) {
  mkdirSync(dirname(file), { recursive: true })
  for (let told = false; !tryLock(file); told = true) {
    if (!told) say(`Waiting for another process to finish: ${waitingFor}`)
    await sleep(200)
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await body()
  } finally {
    process.off('exit', release)
    release()
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (!holderIsAlive(file)) removeStale(file)
  return false
}

/** Only one process at a time removes, and looks again first: else the second would remove the lock that the first then took. */
function removeStale(file) {
  const guard = `${file}.stale`
  try {
    mkdirSync(guard)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (ageMs(guard) > patienceMs) rmSync(guard, { recursive: true, force: true })
    return
  }
  try {
    if (!holderIsAlive(file)) rmSync(file, { force: true })
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

function holderIsAlive(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    // Just created, its pid not yet written; or killed right there.
    if (!pid) return ageMs(file) < patienceMs
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM' || error.code === 'ENOENT'
  }
}

function ageMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? Date.now() - stat.mtimeMs : 0
}
