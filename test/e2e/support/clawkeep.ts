import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { appFolder, electronCommand, isolatedEnvironment } from '../../support/electron.ts'
import { Gate, password } from '../pages/gate.ts'
import { takeOwnScreen } from './screens.ts'

takeOwnScreen()

/** A running Clawkeep: the real app in a real window, on a home of its own. */
export type Clawkeep = {
  readonly app: ElectronApplication
  readonly page: Page
  /** The folder that holds the vault, the audit log and all else. */
  readonly home: string
  /** HOME of the process: nothing of Clawkeep may appear there. */
  readonly userHome: string
  /** Errors and warnings of the page so far; a test ends with an error when some are left. */
  readonly complaints: string[]
  /** The id of the main process. */
  readonly pid: number
  /** What the main process wrote to its standard error so far. */
  readonly stderr: () => string
  /** The exit code, when the process has ended. */
  readonly ended: Promise<number | null>
  /** Quits as a person would, and waits. */
  readonly quit: () => Promise<void>
}

export type LaunchOptions = {
  /** A home that is already there; default a fresh one. */
  readonly home?: string
  /** More arguments for the app. */
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Modules that are loaded into the app before its own. */
  readonly preloads?: ReadonlyArray<string>
}

/**
 * Makes the app wait until Playwright is attached. Playwright does this by itself only when it also finds the executable; without
 * it, a page that loads while it attaches is now and then never seen.
 */
export const playwrightLoader = join(
  appFolder,
  'node_modules',
  'playwright-core',
  'lib',
  'server',
  'electron',
  'loader.js',
)

/** Starts the app and waits until its page shows something. The caller quits it. */
export async function launchClawkeep(folder: string, options: LaunchOptions = {}): Promise<Clawkeep> {
  const home = options.home ?? mkdtempSync(join(folder, 'home-'))
  const userHome = join(folder, 'user')
  mkdirSync(userHome, { recursive: true })
  const { executablePath, args } = await electronCommand()
  const app = await _electron.launch({
    executablePath,
    // Otherwise Playwright pretends a light theme, whatever the app chose.
    colorScheme: null,
    args: [
      ...[playwrightLoader, ...(options.preloads ?? [])].flatMap((file) => ['-r', file]),
      ...args,
      appFolder,
      ...(options.args ?? []),
    ],
    env: { ...isolatedEnvironment({ home, userHome }), ...options.env },
  })
  // Playwright forgets the process when it has ended.
  const child = app.process()
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += String(chunk)))
  const page = await app.firstWindow()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
  })
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  return {
    app,
    page,
    home,
    userHome,
    pid: child.pid ?? 0,
    complaints,
    stderr: () => stderr,
    ended,
    quit: async () => {
      if (child.exitCode === null && child.signalCode === null) await app.close().catch(() => undefined)
      await ended
    },
  }
}

type Fixtures = {
  /** A folder for this test, removed after it. */
  folder: string
  /** Starts Clawkeep; it is quit after the test, and a page that complained fails the test. */
  launch: (options?: LaunchOptions) => Promise<Clawkeep>
  /** Starts Clawkeep on a home of its own that has a vault already, and opens it. */
  launchUnlocked: (options?: Omit<LaunchOptions, 'home'>) => Promise<Clawkeep>
  /** One Clawkeep on a fresh home. */
  clawkeep: Clawkeep
  /** One Clawkeep with an empty, open vault: for a test that is not about making it. */
  unlocked: Clawkeep
}

export const test = base.extend<Fixtures, { homeWithVault: string }>({
  homeWithVault: [
    // Playwright reads the fixtures a fixture uses from its first argument, which must be a pattern.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'clawkeep-e2e-'))
      const home = join(folder, 'home')
      const passwordFile = join(folder, 'password')
      writeFileSync(passwordFile, password)
      execFileSync(join(appFolder, 'bin/clawkeep'), ['--home', home, '--password-file', passwordFile, 'init'])
      await use(home)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  // oxlint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'clawkeep-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  launch: async ({ folder }, use) => {
    const running: Clawkeep[] = []
    await use(async (options) => {
      const clawkeep = await launchClawkeep(folder, options)
      running.push(clawkeep)
      return clawkeep
    })
    for (const clawkeep of running) await clawkeep.quit()
    for (const clawkeep of running) expect(clawkeep.complaints, 'errors and warnings of the page').toEqual([])
  },
  launchUnlocked: async ({ folder, launch, homeWithVault }, use) => {
    await use(async (options) => {
      const home = mkdtempSync(join(folder, 'home-'))
      for (const file of ['vault.db', 'audit.db']) copyFileSync(join(homeWithVault, file), join(home, file))
      const clawkeep = await launch({ ...options, home })
      const gate = new Gate(clawkeep.page)
      await gate.unlock()
      await gate.opened()
      return clawkeep
    })
  },
  clawkeep: async ({ launch }, use) => {
    await use(await launch())
  },
  unlocked: async ({ launchUnlocked }, use) => {
    await use(await launchUnlocked())
  },
})

export { expect } from '@playwright/test'
