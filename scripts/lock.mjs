// One at a time, across processes: two checks, a test and a CLI call may all want to build or download at once.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { say } from './run.mjs'

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
  if (holderIsAlive(file)) return false
  // A rename has one winner, so of two that see the dead holder only one removes the lock.
  const stale = `${file}.${process.pid}`
  try {
    renameSync(file, stale)
    rmSync(stale, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return false
}

function holderIsAlive(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    if (!pid) return true // just created, its pid not yet written
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM' || error.code === 'ENOENT'
  }
}
