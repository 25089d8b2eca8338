import { app, Menu, type MenuItemConstructorOptions } from 'electron'

/** Keeps Electron from building a menu of its own while it starts; must run before the app is ready. */
export function withoutDefaultMenu(): void {
  Menu.setApplicationMenu(null)
}

/**
 * The application menu: editing and zoom keys need it, also where it is hidden. No reload, no page source; developer tools
 * only in a checkout.
 */
export function setMenu(actions: { lock(): void }): void {
  const own: MenuItemConstructorOptions[] = [
    { label: 'Lock the vault', accelerator: 'CmdOrCtrl+L', registerAccelerator: false, click: () => actions.lock() },
    { type: 'separator' },
  ]
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  if (!app.isPackaged) view.push({ role: 'toggleDevTools' })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      process.platform === 'darwin'
        ? {
            role: 'appMenu',
            submenu: [
              { role: 'about' },
              { type: 'separator' },
              ...own,
              { role: 'hide' },
              { role: 'hideOthers' },
              { role: 'unhide' },
              { type: 'separator' },
              { role: 'quit' },
            ],
          }
        : { label: 'Clawkeep', submenu: [...own, { role: 'quit' }] },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
    ]),
  )
}
