import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { lockHome } from '../../../src/main/db/home-lock.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { codeOf } from '../../support/error-code.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { temporaryHome } from '../../support/vault.ts'

const homes: string[] = []
const children: ChildProcess[] = []
let home: string

beforeEach(() => {
  home = temporaryHome()
  homes.push(home)
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const old of homes) rmSync(old, { recursive: true, force: true })
})

const lockModule = pathToFileURL(join(import.meta.dirname, '../../../src/main/db/home-lock.ts')).href

/** A process that waits for `go`, tries to lock the home and says what came of it. */
function contender(folder: string): { readonly child: ChildProcess; readonly answer: Promise<string> } {
  const script = `
    const { lockHome } = await import(${JSON.stringify(lockModule)})
    process.stdin.once('data', () => {
      try { lockHome(process.argv[1]); console.log('got it') } catch (error) { console.log(error.code) }
    })
    console.error('ready')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], { stdio: 'pipe' })
  children.push(child)
  const ready = once(child.stderr, 'data')
  const answer = ready
    .then(() => child.stdin.write('go'))
    .then(() => once(child.stdout, 'data'))
    .then(([text]) => String(text).trim())
  return { child, answer }
}

describe('the lock of a home folder', () => {
  it('is given to one of several processes that ask at the same moment, and freed by kill -9', async () => {
    const contenders = Array.from({ length: 4 }, () => contender(home))
    const answers = await Promise.all(contenders.map(({ answer }) => answer))
    expect(answers.toSorted()).toEqual(['got it', 'in_use', 'in_use', 'in_use'])

    const owner = contenders[answers.indexOf('got it')]?.child
    expect(() => lockHome(home)).toThrow(new RegExp(`process ${owner?.pid}\\b`))
    owner?.kill('SIGKILL')
    await once(owner as ChildProcess, 'exit')
    lockHome(home).release()
  })

  it('can be taken again after it was released, and releasing twice does no harm', () => {
    const lock = lockHome(home)
    expect(codeOf(() => lockHome(home))).toBe('in_use')
    lock.release()
    lock.release()
    lockHome(home).release()
  })

  it('survives a lock file that is garbage by saying so', () => {
    writeFileSync(join(home, 'core.lock'), Buffer.alloc(4096, 'x'))
    expect(codeOf(() => lockHome(home))).toBe('damaged')
  })

  it('says that the disk is read-only, with and without an old lock there', () => {
    const disk = smallDisk(1)
    try {
      disk.makeReadOnly()
      expect(codeOf(() => lockHome(disk.folder))).toBe('read_only')
      expect(codeOf(() => lockHome(join(disk.folder, 'sub')))).toBe('read_only')
    } finally {
      disk.remove()
    }
  })

  it('works on a full disk, so that the vault there can still be read', () => {
    const disk = smallDisk(1)
    try {
      lockHome(disk.folder).release()
      disk.fill()
      const lock = lockHome(disk.folder)
      expect(codeOf(() => lockHome(disk.folder))).toBe('in_use')
      lock.release()
    } finally {
      disk.remove()
    }
  })
})

describe('the home folder', () => {
  it('is made for the owner alone', () => {
    const made = join(home, 'a', 'b')
    lockHome(made).release()
    expect(statSync(made).mode & 0o777).toBe(0o700)
    expect(statSync(join(made, 'core.lock')).mode & 0o777).toBe(0o600)
  })

  it('is closed to others when it is empty or ours', () => {
    chmodSync(home, 0o755)
    lockHome(home).release()
    expect(statSync(home).mode & 0o777).toBe(0o700)
    chmodSync(home, 0o755)
    lockHome(home).release()
    expect(statSync(home).mode & 0o777).toBe(0o700)
  })

  it('is refused, and left as it is, when it is a shared folder with other things in it', () => {
    mkdirSync(join(home, 'pictures'))
    chmodSync(home, 0o755)
    let thrown: unknown
    try {
      lockHome(home)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    expect((thrown as AppError).code).toBe('refused')
    expect(statSync(home).mode & 0o777).toBe(0o755)
  })
})
