import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** A file that breaks a wall, and the rule that must catch it. */
const broken = {
  'the window importing the core': [
    'src/renderer/src/features/keys/a.ts',
    `import { x } from '../../../../main/app.ts'`,
  ],
  'the window importing Electron': ['src/renderer/src/lib/a.ts', `import { ipcRenderer as x } from 'electron'`],
  'the window importing node:fs': ['src/renderer/src/b.ts', `import { readFileSync as x } from 'node:fs'`],
  'the window importing a builtin without its prefix': ['src/renderer/src/c.ts', `import x from 'crypto'`],
  'the window importing the core lazily': ['src/renderer/src/d.ts', `const x = import('../../main/app.ts')`],
  'shared code importing Node': ['src/shared/models/a.ts', `import { createHash as x } from 'node:crypto'`],
  'shared code importing Electron': ['src/shared/b.ts', `import type { App as x } from 'electron'`],
  'shared code importing the core': ['src/shared/ipc/c.ts', `import { x } from '../../main/app.ts'`],
  'the core importing the window': ['src/main/mcp/a.ts', `import { x } from '../../renderer/src/routes.tsx'`],
  'the core importing Electron': ['src/main/vault/a.ts', `import { app as x } from 'electron'`],
  'the core importing Electron lazily': ['src/main/mcp/b.ts', `const x = import('electron')`],
  'the core naming an Electron type': ['src/main/mcp/c.ts', `import type { App as x } from 'electron'`],
  'dockerode outside the engine': ['src/main/assistants/supervisor.ts', `const x = import('dockerode')`],
  'a second opener of databases': ['src/main/audit/a.ts', `import x from 'better-sqlite3'`],
  'argon2 outside the key derivation': ['src/main/vault/b.ts', `import { hash as x } from 'argon2'`],
  'argon2 in the opener of databases': ['src/main/db/open.ts', `import { hash as x } from 'argon2'`],
  'a second listener to the window': ['src/main/index.ts', `import { ipcMain as x } from 'electron'`],
  'a second listener, hidden in a namespace': ['src/main/window/a.ts', `import * as x from 'electron'`],
  'the preload importing the core': ['src/preload/index.ts', `import { x } from '../main/app.ts'`],
  'the preload importing Node': ['src/preload/a.ts', `import x from 'node:fs'`],
} as const

/** The same modules where they belong. */
const clean = {
  'src/main/assistants/engine.ts': `const x = import('dockerode')`,
  'src/main/db/open.ts': `import x from 'better-sqlite3'`,
  'src/main/audit/records.ts': `import type { Database as x } from 'better-sqlite3'`,
  'src/main/vault/kdf.ts': `const x = import('argon2')`,
  'src/main/ipc/transport.ts': `import { ipcMain as x } from 'electron'`,
  'src/main/window/main-window.ts': `import { BrowserWindow as x } from 'electron'`,
  'src/main/keychain.ts': `import { safeStorage as x } from 'electron'`,
  'src/main/mcp/ids.ts': `import { randomUUID as x } from 'node:crypto'`,
  'src/preload/index.ts': `import { ipcRenderer as x } from 'electron'`,
  'src/renderer/src/routes.ts': `import { x } from '../../shared/app-error.ts'`,
  'src/renderer/src/start.ts': `import { x } from './main.tsx'`,
} as const

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clawkeep-walls-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the walls between the parts', () => {
  it.each(Object.entries(broken))('stop %s', async (name, [file, line]) => {
    expect(await lint(name, file, `${line}\nexport { x }\n`)).toContain('eslint(no-restricted-imports)')
  })

  it.each(Object.entries(clean))('let %s do its work', async (file, line) => {
    expect(await lint(file, file, `${line}\nexport { x }\n`)).toEqual([])
  })

  it('stop a default export', async () => {
    expect(await lint('default', 'src/main/a.ts', 'export default 1\n')).toEqual(['import(no-default-export)'])
  })

  it('stop console output outside the command line', async () => {
    expect(await lint('console', 'src/main/mcp/a.ts', `console.log('x')\n`)).toEqual(['eslint(no-console)'])
    expect(await lint('cli', 'src/main/cli/a.ts', `console.log('x')\n`)).toEqual([])
  })
})

/** The rules that fire for one file, laid out in a folder of its own with the checkout's lint settings. */
async function lint(name: string, file: string, text: string): Promise<ReadonlyArray<string>> {
  const home = join(folder, name.replaceAll(/\W+/g, '-'))
  await mkdir(dirname(join(home, file)), { recursive: true })
  await cp(join(root, '.oxlintrc.json'), join(home, '.oxlintrc.json'))
  await writeFile(join(home, file), text)
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
  const output = await new Promise<string>((done) => {
    // It exits with 1 when a rule fires: the report on stdout tells, not the exit code.
    execFile(process.execPath, [oxlint, '--format', 'json', '--threads', '1', file], { cwd: home }, (_error, stdout) =>
      done(stdout),
    )
  })
  const report = JSON.parse(output) as { diagnostics: ReadonlyArray<{ code: string }>; number_of_files: number }
  expect(report.number_of_files).toBe(1)
  return report.diagnostics.map((diagnostic) => diagnostic.code)
}
