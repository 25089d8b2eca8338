import { app, powerMonitor, type WebContents } from 'electron'
import { toWireError } from '../shared/app-error.ts'
import type { Asker } from '../shared/models/asker.ts'
import type { AppOptions } from './app-options.ts'
import type { App } from './app.ts'
import { findLauncher, installedLauncher } from './connect/launcher.ts'
import { homeFolder } from './home.ts'
import { systemKeychain } from './keychain.ts'
import type { LockShortcut } from './ipc/handlers/core.ts'
import { connectWindow } from './ipc/transport.ts'
import { reportBug } from './report-bug.ts'
import { registerAppScheme } from './window/app-protocol.ts'
import { Attention } from './window/attention.ts'
import { reportUncaught } from './window/bugs.ts'
import { attachmentDialogs, chooseBackupFile, chooseKeyFile, choosePath } from './window/choose-file.ts'
import { ClipboardHold } from './window/clipboard-hold.ts'
import { systemClipboard } from './window/clipboard.ts'
import { closeWindow } from './window/closing.ts'
import { followCore, isAssistantRunning } from './window/core-events.ts'
import { cutOffNetwork, hardenEveryPage } from './window/harden.ts'
import { lockShortcut } from './window/lock-shortcut.ts'
import { MainWindow } from './window/main-window.ts'
import { setMenu, withoutDefaultMenu } from './window/menu.ts'
import * as notices from './window/notices.ts'
import { useProfile } from './window/profile.ts'
import { quitAfter } from './window/quit.ts'
import { resourcesFolder } from './window/resources.ts'
import { findSteeringSwitch, homeArgument } from './window/start-arguments.ts'
import { AppTray } from './window/tray.ts'

const home = findHome()
const steering = app.isPackaged ? findSteeringSwitch(process.argv.slice(1)) : null

if (steering !== null) {
  process.stderr.write(`clawkeep: not started with ${steering}: it would let another program steer this one.\n`)
  app.exit(2)
} else {
  useProfile(home)
  // A second start ends here; the first one shows its window.
  if (app.requestSingleInstanceLock()) start()
  else app.exit(0)
}

/** Without one there is no folder for Electron's own files either, so nothing is opened to say it in. */
function findHome(): string {
  try {
    return homeFolder(homeArgument(process.argv))
  } catch (error) {
    const { message, hint = '' } = toWireError(error)
    process.stderr.write(`clawkeep: ${message} ${hint}\n`)
    process.exit(2)
  }
}

function start(): void {
  reportUncaught(() => app.exit(1))
  // The name Windows shows notifications under; the same as in electron-builder.yml.
  app.setAppUserModelId('app.clawkeep.desktop')
  registerAppScheme()
  cutOffNetwork()
  hardenEveryPage()
  withoutDefaultMenu()
  void app.whenReady().then(run)
}

async function run(): Promise<void> {
  const hold = new ClipboardHold(systemClipboard)
  const window = new MainWindow({
    stateFolder: app.getPath('userData'),
    appFolder: app.getAppPath(),
    onClose: () => void close(),
    onCrash: () => attention.announce(notices.reloaded),
  })
  const attention = new Attention({ window, wanted: () => core?.settings.get().notifications ?? false })
  const leaving = new AbortController()
  let core: App | null = null
  let tray: AppTray | null = null

  const opened = window.open()
  // The core is read and run while the window's own process runs the page.
  const building = window.busy.then(() =>
    openCore({ hold, shortcut, contents: () => window.contents, leaving: leaving.signal }),
  )
  connectWindow({ core: building, contents: () => window.contents, onRequest: () => window.heard() })
  quitAfter({ dispose, onSlow: () => window.showNotice(notices.stopping) })
  const lockBy = (asker: Asker) => (): void =>
    void core?.lock(asker).catch((error: unknown) => reportBug('lock', error))
  const lockByPerson = lockBy({ kind: 'person', id: 'window' })
  const lockBySystem = lockBy({ kind: 'system', id: 'core' })
  const shortcut = lockShortcut(lockByPerson)
  app.on('second-instance', () => window.focus())
  app.on('activate', () => window.focus())
  powerMonitor.on('suspend', () => core?.settings.get().lockOnSleep === true && lockBySystem())
  powerMonitor.on('lock-screen', () => core?.settings.get().lockWithScreen === true && lockBySystem())
  powerMonitor.on('shutdown', () => app.quit())

  try {
    core = await building
  } catch (error) {
    const notice = notices.startFailed(error)
    process.stderr.write(`clawkeep: ${notice.message} ${notice.hint ?? ''}\n`)
    process.exitCode = 1
    return window.showNotice(notice)
  }
  await opened
  setMenu({ lock: lockByPerson })
  if (core.settings.get().lockShortcut && !shortcut.claim()) attention.announce(notices.shortcutTaken)
  tray = new AppTray({ open: () => window.focus(), lock: lockByPerson, quit: () => app.quit() })
  const { dueReminder } = core
  followCore(core, {
    onLocked: () => void window.empty(),
    onDue: (count) => dueReminder.remind(() => attention.remind(notices.itemsDue(count))),
    onTheme: (theme) => window.useTheme(theme),
    onState: (state) => {
      attention.show(state.pending)
      tray?.show(state)
    },
  })
  await core.start().catch((error: unknown) => reportBug('start', error))
  // For whoever started it from a terminal, a virtual display included.
  const { mcpUrl, mcpProblem } = core.status()
  process.stdout.write(`Clawkeep is open. MCP: ${mcpUrl ?? mcpProblem ?? 'off'}\n`)

  async function close(): Promise<void> {
    const running = core
    await closeWindow({
      hasTray: tray !== null && process.platform !== 'linux',
      isAssistantRunning: async () => running !== null && (await isAssistantRunning(running)),
      locksOnClose: () => running?.settings.get().lockOnClose ?? true,
      hide: () => window.hide(),
      lock: lockByPerson,
      quit: () => app.quit(),
    })
  }

  async function dispose(): Promise<void> {
    leaving.abort()
    window.remember()
    tray?.dispose()
    shortcut.release()
    await hold.clearIfOurs().catch(() => undefined)
    // Also when it is still being built.
    await (await building).dispose()
  }
}

type Shell = {
  readonly hold: ClipboardHold
  readonly shortcut: LockShortcut
  readonly contents: () => WebContents | null
  /** The app quits: it waits for no other core any more. */
  readonly leaving: AbortSignal
}

async function openCore({ hold, shortcut, contents, leaving }: Shell): Promise<App> {
  const [{ createApp }, { takeOver }] = await Promise.all([import('./app.ts'), import('./control/take-over.ts')])
  const options: AppOptions = {
    home,
    onStop: () => app.quit(),
    version: app.getVersion(),
    resourcesDir: resourcesFolder(),
    launcher: app.isPackaged ? installedLauncher(process.resourcesPath) : findLauncher(app.getAppPath()),
    clipboard: (text, options) => void hold.write(text, options).catch(() => undefined),
    keychain: systemKeychain,
    lockShortcut: shortcut,
    chooseFile: () => chooseKeyFile(contents()),
    chooseBackup: () => chooseBackupFile(contents()),
    fileDialogs: attachmentDialogs(contents),
    choosePath: (what, name) => choosePath(contents(), what, name),
  }
  return takeOver(home, () => createApp(options), { signal: leaving })
}
