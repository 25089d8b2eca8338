import { join } from 'node:path'
import { nativeImage, type NativeImage } from 'electron'
import { resourcesFolder } from './resources.ts'

function icon(name: string): NativeImage {
  return nativeImage.createFromPath(join(resourcesFolder(), 'icons', name))
}

/** The window's own icon, where the system shows one. */
export function windowIcon(): NativeImage {
  return icon('256x256.png')
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
