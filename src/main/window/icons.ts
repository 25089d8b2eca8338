import { join } from 'node:path'
import { app, nativeImage, type NativeImage } from 'electron'

function icon(name: string): NativeImage {
  return nativeImage.createFromPath(join(app.getAppPath(), 'resources', 'icons', name))
}

/** The tray's icon; macOS colours a template image itself, and shows the waiting one beside a number. */
export function trayIcon(waiting: boolean): NativeImage {
  if (process.platform !== 'darwin') return icon(waiting ? 'tray-waiting.png' : 'tray.png')
  const image = icon('trayTemplate.png')
  image.setTemplateImage(true)
  return image
}

/** The mark on the taskbar button on Windows. */
export function pendingIcon(): NativeImage {
  return icon('pending.png')
}
