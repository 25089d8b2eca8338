import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where a container engine is spoken to. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** Somewhere a Unix socket of this machine cannot be shared with. */
  | { readonly kind: 'remote'; readonly text: string }

const systemSocket = '/var/run/docker.sock'
const defaultPort = 2375

/**
 * The engine's address by DOCKER_HOST, else the system's socket, else that of rootless Docker. An engine on another machine
 * cannot be used: the hatch is a Unix socket of this one.
 */
export function engineAddress(env: {
  readonly DOCKER_HOST?: string | undefined
  readonly XDG_RUNTIME_DIR?: string | undefined
}): EngineAddress {
  const text = env.DOCKER_HOST?.trim() ?? ''
  if (text === '') return { kind: 'socket', path: defaultSocket(env.XDG_RUNTIME_DIR) }
  if (text.startsWith('unix://')) return { kind: 'socket', path: text.slice('unix://'.length) || systemSocket }
  const tcp = /^(?:tcp|http):\/\/(127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?\/?$/.exec(text)
  if (tcp === null) return { kind: 'remote', text: withoutCredentials(text) }
  return { kind: 'tcp', host: (tcp[1] ?? '').replaceAll(/[[\]]/g, ''), port: Number(tcp[2] ?? defaultPort) }
}

function defaultSocket(runtimeDir: string | undefined): string {
  const rootless = runtimeDir === undefined || runtimeDir === '' ? null : join(runtimeDir, 'docker.sock')
  return !existsSync(systemSocket) && rootless !== null && existsSync(rootless) ? rootless : systemSocket
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//').slice(0, 200)
}
