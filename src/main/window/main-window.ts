import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, screen, session, type WebContents } from 'electron'
import type { Settings } from '../../shared/models/settings.ts'
import { appOrigin } from '../ipc/sender.ts'
import { betweenOrigin, serveAppFiles } from './app-protocol.ts'
import { hardenSession, isAlive } from './harden.ts'
import { windowIcon } from './icons.ts'
import { crashedTwice } from './notices.ts'
import type { Notice } from './notice-page.ts'
import { minimumSize, readWindowState, usableBounds, writeWindowState } from './window-state.ts'

/** The page's own background in each theme, so that no white shows before it paints. */
const background = { light: '#fcfaf9', dark: '#161312' }

/** The page's first requests are answered in this time after it has loaded. */
const settleMs = 150

/** A page that takes longer than this no longer holds up the rest. */
const loadWithinMs = 5_000

/** A page that has not asked for anything by then no longer holds up the core. */
const busyWithinMs = 1_500

/** A page that crashes again this soon is not loaded a third time. */
const crashWindowMs = 60_000

/** The one window: what it looks like, where it stood, and how its page comes back after a lock or a crash. */
export class MainWindow {
  readonly #stateFolder: string
  readonly #appFolder: string
  readonly #onClose: () => void
  readonly #onCrash: () => void
  /** Resolves when the page runs its script: the time to do heavy work here. Bounded. */
  readonly busy: Promise<void>
  #pageRuns: () => void = () => undefined
  #theme: Settings['theme']
  #window: BrowserWindow | null = null
  #notice: Notice | null = null
  #lastCrashMs = Number.NEGATIVE_INFINITY

  /** `onClose`: the person closed the window; it stays until told otherwise. `onCrash`: the page died and was loaded again. */
  constructor(options: { stateFolder: string; appFolder: string; onClose: () => void; onCrash: () => void }) {
    this.#stateFolder = options.stateFolder
    this.#appFolder = options.appFolder
    this.#onClose = options.onClose
    this.#onCrash = options.onCrash
    this.busy = new Promise((resolve) => {
      this.#pageRuns = resolve
      setTimeout(resolve, busyWithinMs)
    })
    this.#theme = readWindowState(options.stateFolder).theme
  }

  /** The page asks for something. */
  heard(): void {
    this.#pageRuns()
  }

  get contents(): WebContents | null {
    const contents = this.#window?.isDestroyed() === false ? this.#window.webContents : null
    return isAlive(contents) ? contents : null
  }

  get focused(): boolean {
    return this.#window?.isDestroyed() === false && this.#window.isVisible() && this.#window.isFocused()
  }

  get browserWindow(): BrowserWindow | null {
    return this.#window?.isDestroyed() === false ? this.#window : null
  }

  /**
   * Makes the window and loads the page; resolves when it has been on the screen for a moment, so that what is not needed to
   * show and use the page does not hold it up.
   */
  async open(): Promise<void> {
    const state = readWindowState(this.#stateFolder)
    nativeTheme.themeSource = this.#theme
    const window = new BrowserWindow({
      ...usableBounds(
        state.bounds,
        screen.getAllDisplays().map((display) => display.workArea),
      ),
      minWidth: minimumSize.width,
      minHeight: minimumSize.height,
      title: 'Clawkeep',
      icon: windowIcon(),
      show: false,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
      webPreferences: {
        preload: join(this.#appFolder, 'out', 'preload', 'index.cjs'),
        session: this.#pageSession(),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        disableDialogs: true,
        devTools: !app.isPackaged,
      },
    })
    this.#window = window
    this.#watch(window)
    const ready = new Promise<void>((resolve) => window.once('ready-to-show', resolve))
    // A page that does not load still has a window, with the notice about it.
    const loaded = window.loadURL(`${appOrigin}/`).catch(() => undefined)
    await Promise.race([ready, pause(loadWithinMs)])
    if (state.maximized) window.maximize()
    window.show()
    await Promise.race([loaded, pause(loadWithinMs)])
    await pause(settleMs)
  }

  /** Brings the window to the front; the person asked for it. */
  focus(): void {
    const window = this.browserWindow
    if (window === null) return
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  hide(): void {
    this.browserWindow?.hide()
  }

  /** Follows the settings, now and at the next start. */
  useTheme(theme: Settings['theme']): void {
    if (this.#theme === theme && nativeTheme.themeSource === theme) return
    this.#theme = theme
    nativeTheme.themeSource = theme
    this.remember()
  }

  /** Replaces the page by a plain notice that has no way back. */
  showNotice(notice: Notice): void {
    this.#notice = notice
    this.browserWindow?.loadURL(`${appOrigin}/notice`).catch(() => undefined)
  }

  /**
   * Loads the page anew in a new process: what the old one held of the unlocked vault goes back to the system with its memory,
   * which a plain reload would leave to the garbage collector. Another site in between is what makes Chromium change the process.
   */
  async empty(): Promise<void> {
    const contents = this.contents
    if (contents === null || this.#notice !== null) return
    await contents.loadURL(`${betweenOrigin}/`).catch(() => undefined)
    if (!isAlive(contents) || this.#notice !== null) return
    await contents.loadURL(`${appOrigin}/`).catch(() => undefined)
    contents.navigationHistory.clear()
  }

  /** Keeps where the window stands, for the next start. */
  remember(): void {
    const window = this.browserWindow
    if (window === null) return
    writeWindowState(this.#stateFolder, {
      bounds: window.getNormalBounds(),
      maximized: window.isMaximized(),
      theme: this.#theme,
    })
  }

  #pageSession(): Electron.Session {
    // A partition without `persist:` lives in memory: no cookie, storage or cache of the page ever reaches the disk.
    const pageSession = session.fromPartition('clawkeep', { cache: false })
    hardenSession(pageSession)
    serveAppFiles(pageSession, {
      folder: join(this.#appFolder, 'out', 'renderer'),
      notice: () => this.#notice,
    })
    return pageSession
  }

  #watch(window: BrowserWindow): void {
    window.on('close', (event) => {
      event.preventDefault()
      this.#onClose()
    })
    nativeTheme.on('updated', () => {
      this.browserWindow?.setBackgroundColor(nativeTheme.shouldUseDarkColors ? background.dark : background.light)
    })
    window.webContents.on('render-process-gone', (_event, details) => {
      if (details.reason === 'clean-exit') return
      const nowMs = performance.now()
      const again = nowMs - this.#lastCrashMs < crashWindowMs
      this.#lastCrashMs = nowMs
      // Not from inside the event: the dead process is still being taken apart.
      setImmediate(() => this.#afterCrash(again))
    })
  }

  #afterCrash(again: boolean): void {
    const window = this.browserWindow
    if (window === null) return
    if (again) return this.showNotice(crashedTwice)
    window.loadURL(`${appOrigin}/`).catch(() => undefined)
    this.#onCrash()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
