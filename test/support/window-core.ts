import { rmSync } from 'node:fs'
import { createApp, type App } from '../../src/main/app.ts'
import type { AppOptions } from '../../src/main/app-options.ts'
import type { Answer } from '../../src/main/ipc/router.ts'
import type { RouteInput, RouteName, RouteOutput } from '../../src/shared/ipc/contract.ts'
import { repoRoot } from './spawn-core.ts'
import { temporaryHome } from './vault.ts'

/** The password of the vaults that are made through it. */
export const windowPassword = 'correct horse battery'

/** A whole core and what is asked of it, as its window and the command line do. */
export type WindowCore = {
  readonly app: App
  readonly home: string
  /** The answer to the window, whatever is sent: also what no honest page would. */
  readonly call: (route: RouteName, input?: unknown) => Promise<Answer>
  /** The answer to the command line, with the password. */
  readonly byCli: (route: RouteName, input?: unknown) => Promise<Answer>
  /** What the window is given. Throws when it is refused. */
  readonly value: <R extends RouteName>(route: R, input?: RouteInput<R>) => Promise<RouteOutput<R>>
  /** Ends it and removes its home. */
  readonly close: () => Promise<void>
}

/** A core in this process, in a fresh home or the one that is given; nothing is in it yet. */
export function startWindowCore(options: Partial<AppOptions> = {}): WindowCore {
  const home = options.home ?? temporaryHome()
  const app = createApp({
    version: 'test',
    resourcesDir: `${repoRoot}/resources`,
    idleLock: false,
    ...options,
    home,
  })
  const call: WindowCore['call'] = (route, input = null) => app.router.call(route, input, { kind: 'window' })
  return {
    app,
    home,
    call,
    byCli: (route, input = null) => app.router.call(route, input, { kind: 'cli', password: windowPassword }),
    value: async <R extends RouteName>(route: R, input?: RouteInput<R>) => {
      const answer = await call(route, input)
      if (!answer.ok) throw new Error(`${route}: ${answer.error.code}: ${answer.error.message}`)
      return answer.value as RouteOutput<R>
    },
    close: async () => {
      await app.dispose()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
