import { join } from 'node:path'
import type { AppOptions } from '../app-options.ts'
import type { App } from '../app.ts'
import { findLauncher } from '../connect/launcher.ts'
import { version } from '../version.ts'
import { installRoot } from './install-root.ts'

/** A core in this process, without a window: no clipboard, and no idle lock because nobody sits in front of it. */
export async function openCore(
  home: string,
  more: Pick<AppOptions, 'door' | 'provider' | 'restoredBy' | 'makesWay' | 'onStop'> = {},
): Promise<App> {
  // Loaded here, not at the top: most commands only speak to a core that runs already.
  const { createApp } = await import('../app.ts')
  const root = installRoot()
  const resourcesDir = join(root, 'resources')
  return createApp({ home, version, resourcesDir, launcher: findLauncher(root), idleLock: false, ...more })
}
