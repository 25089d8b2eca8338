import { mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { engineAddress } from '../../../src/main/assistants/engine-address.ts'
import { homeOwnership } from '../../../src/main/assistants/home-id.ts'
import { clearRuntimeDir, makeHatchDir, openRuntimeDir } from '../../../src/main/assistants/runtime-dir.ts'
import { codeOf } from '../../support/error-code.ts'

const runtimeRoot = process.env['XDG_RUNTIME_DIR']
afterEach(() => {
  if (runtimeRoot === undefined) delete process.env['XDG_RUNTIME_DIR']
  else process.env['XDG_RUNTIME_DIR'] = runtimeRoot
})
const fresh = (): string => mkdtempSync(join(tmpdir(), 'clawkeep-test-'))

describe('the folder of the sockets', () => {
  test('is private, its hatches can be read by the container, and its paths are short enough for a socket', () => {
    process.env['XDG_RUNTIME_DIR'] = fresh()
    const dir = openRuntimeDir(fresh())
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    const hatch = makeHatchDir(dir)
    expect(statSync(hatch).mode & 0o777).toBe(0o755)
    expect(Buffer.byteLength(join(hatch, 'out.sock'))).toBeLessThanOrEqual(107)
  })

  test('goes to /tmp when the runtime folder’s path is too long for a socket', () => {
    const long = join(fresh(), 'x'.repeat(90))
    mkdirSync(long)
    process.env['XDG_RUNTIME_DIR'] = long
    expect(openRuntimeDir(fresh()).startsWith(long)).toBe(false)
  })

  test('is refused when someone put a link in its place', () => {
    const root = fresh()
    const home = fresh()
    process.env['XDG_RUNTIME_DIR'] = root
    const name = openRuntimeDir(home).slice(root.length + 1)
    const elsewhere = fresh()
    process.env['XDG_RUNTIME_DIR'] = elsewhere
    symlinkSync(root, join(elsewhere, name))
    expect(codeOf(() => openRuntimeDir(home))).toBe('no_permission')
  })

  test('is the same at the next start, so that what a killed core left is found', () => {
    process.env['XDG_RUNTIME_DIR'] = fresh()
    const home = fresh()
    const dir = openRuntimeDir(home)
    makeHatchDir(dir)
    expect(openRuntimeDir(home)).toBe(dir)
    clearRuntimeDir(dir)
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('whose containers are whose', () => {
  test('a home keeps its id, and a copy of it is told apart by its place', () => {
    const home = fresh()
    const first = homeOwnership(home)
    expect(homeOwnership(home)).toEqual(first)
    const copy = fresh()
    writeFileSync(join(copy, 'home-id'), first.owner)
    expect(homeOwnership(copy).owner).toBe(first.owner)
    expect(homeOwnership(copy).home).not.toBe(first.home)
  })

  test('an id that was damaged is not replaced, because the data would be lost from sight', () => {
    const home = fresh()
    writeFileSync(join(home, 'home-id'), 'not an id')
    expect(codeOf(() => homeOwnership(home))).toBe('damaged')
    expect(readFileSync(join(home, 'home-id'), 'utf8')).toBe('not an id')
  })

  test('a folder in the place of the id is said to be damage, and is left there', () => {
    const home = fresh()
    mkdirSync(join(home, 'home-id'))
    expect(codeOf(() => homeOwnership(home))).toBe('damaged')
    expect(statSync(join(home, 'home-id')).isDirectory()).toBe(true)
  })

  test('an id that a full disk left empty is made again: nothing was ever labelled with it', () => {
    const home = fresh()
    writeFileSync(join(home, 'home-id'), '')
    expect(homeOwnership(home).owner).toMatch(/^[0-9a-f]{32}$/)
    expect(homeOwnership(home)).toEqual(homeOwnership(home))
  })
})

describe('where the engine is', () => {
  test.each([
    [{}, { kind: 'socket', path: '/var/run/docker.sock' }],
    [{ DOCKER_HOST: 'unix:///run/other.sock' }, { kind: 'socket', path: '/run/other.sock' }],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2375' }, { kind: 'tcp', host: '127.0.0.1', port: 2375 }],
    [{ DOCKER_HOST: 'tcp://[::1]:2375' }, { kind: 'tcp', host: '::1', port: 2375 }],
    [{ DOCKER_HOST: 'tcp://192.0.2.7:2375' }, { kind: 'remote', text: 'tcp://192.0.2.7:2375' }],
    [{ DOCKER_HOST: 'ssh://ada:pw@192.0.2.7' }, { kind: 'remote', text: 'ssh://192.0.2.7' }],
  ])('%j', (env, address) => {
    expect(engineAddress(env)).toEqual(address)
  })
})
