import { Menu, Tray } from 'electron'
import { trayIcon } from './icons.ts'

/** What the tray shows. */
export type TrayState = { readonly pending: number; readonly vault: 'absent' | 'locked' | 'unlocked' | 'damaged' }

/** What the tray can do. */
export type TrayActions = { open(): void; lock(): void; quit(): void }

/** The icon beside the clock: open, how many questions wait, lock, quit. */
export class AppTray {
  readonly #tray: Tray
  readonly #actions: TrayActions
  #shown = ''

  constructor(actions: TrayActions) {
    this.#actions = actions
    this.#tray = new Tray(trayIcon(false))
    this.#tray.setToolTip('Clawkeep')
    this.#tray.on('click', () => actions.open())
  }

  show(state: TrayState): void {
    const key = `${state.pending} ${state.vault}`
    if (key === this.#shown || this.#tray.isDestroyed()) return
    this.#shown = key
    this.#tray.setImage(trayIcon(state.pending > 0))
    if (process.platform === 'darwin') this.#tray.setTitle(state.pending > 0 ? ` ${state.pending}` : '')
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Open Clawkeep', click: () => this.#actions.open() },
        {
          label: state.pending === 0 ? 'Nothing is waiting' : `${state.pending} waiting for you`,
          enabled: state.pending > 0,
          click: () => this.#actions.open(),
        },
        { type: 'separator' },
        { label: 'Lock the vault', enabled: state.vault === 'unlocked', click: () => this.#actions.lock() },
        { label: 'Quit', click: () => this.#actions.quit() },
      ]),
    )
  }

  dispose(): void {
    if (!this.#tray.isDestroyed()) this.#tray.destroy()
  }
}
