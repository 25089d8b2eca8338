import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { withLock } from '../../scripts/lock.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-lock-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that adds 1 to a number in a file, `times` times, each time under the lock. */
function counter(times) {
  const program = `
    import { readFileSync, writeFileSync } from 'node:fs'
    const { withLock } = await import(${JSON.stringify(resolve(import.meta.dirname, '../../scripts/lock.mjs'))})
    for (let i = 0; i < ${times}; i += 1) {
      await withLock('lock', 'counting', async () => {
        const before = Number(readFileSync('number', 'utf8'))
        await new Promise((go) => setTimeout(go, 2))
        writeFileSync('number', String(before + 1))
      })
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, stdio: 'ignore' })
  return new Promise((done) => child.on('close', done))
}

it('lets one process in at a time, also when they all find the lock of a dead one', async () => {
  writeFileSync(join(folder, 'number'), '0')
  writeFileSync(join(folder, 'lock'), '999999999')
  await Promise.all([counter(5), counter(5), counter(5)])
  expect(readFileSync(join(folder, 'number'), 'utf8')).toBe('15')
})

it('takes over a lock whose process was killed before it wrote its number', async () => {
  const file = join(folder, 'lock')
  writeFileSync(file, '')
  utimesSync(file, 1, 1)
  expect(await withLock(file, 'testing', () => 'done')).toBe('done')
})

it('is free again after a failure', async () => {
  const file = join(folder, 'lock')
  await expect(withLock(file, 'testing', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withLock(file, 'testing', () => 'done')).toBe('done')
})
