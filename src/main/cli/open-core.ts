import { join } from 'node:path'
import { createApp, type App } from '../app.ts'
import { version } from '../version.ts'
import { installRoot } from './install-root.ts'

/** A core in this process, without a window: no clipboard, and no idle lock because nobody sits in front of it. */
export function openCore(home: string): App {
  return createApp({ home, version, resourcesDir: join(installRoot(), 'resources'), idleLock: false })
}
