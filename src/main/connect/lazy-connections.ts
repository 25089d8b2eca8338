import type { Connections, ConnectionsOptions } from './connections.ts'

/** The connections, loaded when they are first asked for: they bring the readers of other programs' settings along. */
export type LazyConnections = {
  readonly get: () => Promise<Connections>
  readonly dispose: () => Promise<void>
}

export function lazyConnections(options: ConnectionsOptions): LazyConnections {
  let loading: Promise<Connections> | null = null
  return {
    get: () => (loading ??= import('./connections.ts').then((loaded) => new loaded.Connections(options))),
    dispose: async () => (await loading)?.dispose(),
  }
}
