import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { appFolder } from '../../support/electron.ts'

/** A desktop's keyring (GNOME's, by the Secret Service) on a session bus of its own: nothing of the person's is touched. */
export type Keyring = {
  /** What an app is started with that is to use it. */
  readonly env: Readonly<Record<string, string>>
  readonly preloads: ReadonlyArray<string>
  readonly close: () => void
}

/** Two folders are two keyrings: what one sealed, the other does not open. */
export async function startKeyring(folder: string): Promise<Keyring> {
  const home = join(folder, 'keyring-home')
  const runtime = join(folder, 'keyring-run')
  for (const path of [home, runtime]) mkdirSync(path, { recursive: true, mode: 0o700 })
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(home, 'data') }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const address = await firstLine(bus)
  const own = { DBUS_SESSION_BUS_ADDRESS: address }
  const keyring = spawn(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets', `--control-directory=${join(runtime, 'keyring')}`],
    { env: { ...env, ...own }, stdio: ['pipe', 'pipe', 'ignore'] },
  )
  keyring.stdin.end('the password of the login')
  await firstLine(keyring)
  // Asked for before it is there, the bus would start another one, which waits for a password that nobody types.
  await expect.poll(() => isOnBus({ ...env, ...own })).toBe(true)
  return {
    env: own,
    preloads: [join(appFolder, 'test', 'e2e', 'support', 'use-keyring.cjs')],
    close: () => {
      keyring.kill()
      bus.kill()
    },
  }
}

function isOnBus(env: NodeJS.ProcessEnv): Promise<boolean> {
  const question = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets']
  const call = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', ...question]
  return new Promise((resolve) => {
    execFile('dbus-send', call, { env }, (error, said) => resolve(error === null && said.includes('boolean true')))
  })
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (part: Buffer) => resolve(String(part).trim()))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`It ended with ${String(code)} before it was ready`)))
  })
}
