import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findLauncher } from '../../../src/main/connect/launcher.ts'
import { repoRoot } from '../../support/spawn-core.ts'

const node = `resources/node/bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`
const script = 'resources/app.asar.unpacked/out/main/cli.cjs'
let root: string
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'clawkeep-installed-'))))
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

function install(...files: ReadonlyArray<string>): void {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
}

test('a checkout is started with its own Node and script', () => {
  expect(findLauncher(repoRoot)?.at(-1)).toBe(join(repoRoot, 'bin', 'clawkeep'))
})

test('an installed app is started with the Node and the script beside its archive', () => {
  install(node, script)
  expect(findLauncher(root)).toEqual([join(root, node), join(root, script)])
})

test('an app without them has no command, and an AppImage has none that is there tomorrow', () => {
  install(script)
  expect(findLauncher(root)).toBeNull()
  install(node)
  vi.stubEnv('APPIMAGE', '/somewhere/Clawkeep.AppImage')
  expect(findLauncher(root)).toBeNull()
})
