import { type ChildProcess, execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { command } from '../support/cli.ts'
import { appFolder, electronCommand, isolatedEnvironment } from '../support/electron.ts'
import { Gate, password } from './pages/gate.ts'
import { expect, launchClawkeep, test, type Clawkeep } from './support/clawkeep.ts'

test('a second start on the same home shows the first window and ends', async ({ clawkeep }) => {
  await clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  expect(await startAgain(clawkeep)).toBe(0)
  await expect
    .poll(() => clawkeep.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()))
    .toBe(false)
  expect(clawkeep.app.windows()).toHaveLength(1)
})

test('the window takes the place of a Clawkeep that a program started, and the program goes on', async ({
  folder,
  launch,
}) => {
  const home = join(folder, 'home')
  const keyFile = join(folder, 'client.key')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  const onHome = ['--home', home, '--password-file', passwordFile]
  const clawkeep = (...args: string[]): string => execFileSync(command, [...onHome, ...args], { encoding: 'utf8' })
  clawkeep('init')
  clawkeep('key', 'create', '--name', 'desk', '--scopes', 'openclaw:read', '--out', keyFile)
  const client = new Client({ name: 'desk', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command,
      args: ['--home', home, 'mcp', '--key-file', keyFile, '--start'],
      stderr: 'ignore',
    }) as Transport,
  )
  try {
    const { page, pid } = await launch({ home })
    const gate = new Gate(page)
    await gate.locked()
    await gate.unlock()
    await gate.opened()
    expect(clawkeep('status')).toContain(`running (pid ${pid})`)
    expect((await client.listTools()).tools.length).toBeGreaterThan(0)
    const second = await ended(execFile(command, [...onHome, 'serve']))
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('`clawkeep stop`') as unknown })
  } finally {
    await client.close()
  }
})

test('clawkeep stop quits the window in order', async ({ launchUnlocked }) => {
  const clawkeep = await launchUnlocked()
  execFileSync(command, ['--home', clawkeep.home, 'stop'])
  expect(await clawkeep.ended).toBe(0)
})

test('two homes are two apps', async ({ launch }) => {
  const first = await launch()
  const second = await launch()
  await expect(first.page.getByLabel('Password', { exact: true })).toBeVisible()
  await expect(second.page.getByLabel('Password', { exact: true })).toBeVisible()
})

test('a home that other users can look into is refused with a message, and nothing is put there', async ({
  folder,
}) => {
  const home = join(folder, 'shared')
  mkdirSync(home, { mode: 0o755 })
  writeFileSync(join(home, 'somebody.txt'), 'else')
  const clawkeep = await launchClawkeep(folder, { home })
  await expect(clawkeep.page.getByRole('heading', { name: 'Clawkeep could not start' })).toBeVisible()
  await expect(clawkeep.page.getByText('Choose a folder for Clawkeep alone')).toBeVisible()
  await clawkeep.quit()
  expect(readdirSync(home)).toEqual(['somebody.txt'])
})

test('without a home folder it says what to do, and makes none where it was started', async ({ folder }) => {
  const { executablePath, args } = await electronCommand()
  const env = isolatedEnvironment({ home: '', userHome: '' })
  const said = await new Promise<string>((resolve) =>
    execFile(executablePath, [...args, appFolder], { env, cwd: folder, timeout: 20_000 }, (_error, _out, stderr) =>
      resolve(stderr),
    ),
  )
  expect(said).toContain('Give --home DIR or set CLAWKEEP_HOME.')
  expect(readdirSync(folder)).toEqual([])
})

test('the window comes back where and as large as it was', async ({ launch }) => {
  const first = await launch()
  const bounds = { x: 40, y: 30, width: 1000, height: 700 }
  // Said and asked again when an answer is lost: while the main process starts, the debugger now and then collects it.
  const boundsOf = ({ app }: Clawkeep) =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  await expect(async () => {
    await first.app.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted), bounds)
    expect(await boundsOf(first)).toEqual(bounds)
  }).toPass({ timeout: 10_000 })
  await first.quit()
  const second = await launch({ home: first.home })
  await expect(async () => expect(await boundsOf(second)).toEqual(bounds)).toPass({ timeout: 10_000 })
})

test('a page that dies comes back; one that dies again is replaced by a notice', async ({ launch }) => {
  const { app } = await launch()
  const kill = (): Promise<void> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
  const text = (): Promise<string> =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (contents === undefined || contents.isCrashed() || contents.isLoading()) return ''
      // A script given to a page that dies right then is never answered.
      const patience = new Promise((resolve) => setTimeout(resolve, 500, ''))
      return String(await Promise.race([contents.executeJavaScript('document.body.innerText'), patience]))
    })
  await expect.poll(text).toContain('Password')
  await kill()
  await expect.poll(text).toContain('Password')
  await kill()
  await expect.poll(text).toContain('The window stopped working twice')
})

test('nothing that the page keeps for itself reaches the disk', async ({ launch }) => {
  const canary = 'canary-7d1f0c55'
  const clawkeep = await launch()
  await new Gate(clawkeep.page).create(`${canary} in a password`)
  await clawkeep.page.evaluate(`(async (text) => {
    localStorage.setItem('a', text)
    sessionStorage.setItem('a', text)
    document.cookie = 'a=' + text + '; max-age=10000'
    history.replaceState({ text }, '', '#/' + text)
    await caches.open('a').then((cache) => cache.put('/a', new Response(text))).catch(() => undefined)
    await new Promise((resolve, reject) => {
      const open = indexedDB.open('a')
      open.onupgradeneeded = () => open.result.createObjectStore('a').put(text, 'a')
      open.onsuccess = resolve
      open.onerror = reject
    })
  })('${canary}')`)
  await clawkeep.page.waitForTimeout(500)
  await clawkeep.quit()
  const files = [...filesUnder(clawkeep.home), ...filesUnder(clawkeep.userHome)]
  expect(files.length).toBeGreaterThan(0)
  expect(files.filter((file) => holds(file, canary))).toEqual([])
})

test('the files of a home belong to this user only', async ({ clawkeep }) => {
  await new Gate(clawkeep.page).create()
  expect(statSync(clawkeep.home).mode & 0o077).toBe(0)
  for (const name of ['vault.db', 'audit.db', 'window'])
    expect(statSync(join(clawkeep.home, name)).mode & 0o077, name).toBe(0)
})

test('closing the window ends the app', async ({ launch }) => {
  const { app, ended } = await launch()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await ended).toBe(0)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} quits in order: the home is free for the next start`, async ({ launch, launchUnlocked }) => {
    const first = await launchUnlocked()
    first.app.process().kill(signal)
    expect(await first.ended).toBe(0)
    const second = await launch({ home: first.home })
    await new Gate(second.page).locked()
  })
}

/** Starts the app on a home where one runs already; gives back the exit code. */
async function startAgain({ home, userHome }: Clawkeep): Promise<number> {
  const { executablePath, args } = await electronCommand()
  return new Promise((resolve) => {
    execFile(
      executablePath,
      [...args, appFolder],
      { env: isolatedEnvironment({ home, userHome }), timeout: 20_000 },
      (error) => {
        resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : 1)
      },
    )
  })
}

function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })))
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** As UTF-8 and as UTF-16: Chromium's databases keep text in either. */
function holds(file: string, text: string): boolean {
  const bytes = readFileSync(file)
  return bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))
}
