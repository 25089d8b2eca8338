import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { controlAddress } from '../../../src/main/control/control-address.ts'
import { lockHome } from '../../../src/main/db/home-lock.ts'
import { repoRoot } from '../../support/spawn-core.ts'
import { temporaryHome } from '../../support/vault.ts'

let home: string
let serve: ChildProcess
let printed: string
const ends: Array<() => unknown> = []
beforeEach(() => {
  home = temporaryHome()
})
afterEach(async () => {
  if (serve.exitCode === null && serve.signalCode === null) {
    serve.kill('SIGKILL')
    await once(serve, 'close')
  }
  for (const end of ends.splice(0)) end()
  rmSync(home, { recursive: true, force: true })
})

function start(): void {
  const args = [join(repoRoot, 'src/main/cli/main.ts'), '--home', home, 'serve', '--port', '0']
  serve = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  printed = ''
  for (const stream of [serve.stdout, serve.stderr]) stream?.on('data', (text: Buffer) => (printed += String(text)))
}

test.runIf(process.platform !== 'win32')(
  'serve ends at Ctrl-C while it waits for another core to make way, and never gets ready',
  async () => {
    const lock = lockHome(home, { makesWay: true })
    const other = createServer((socket) => socket.on('error', () => undefined).resume())
    ends.push(
      () => other.close(),
      () => lock.release(),
    )
    other.listen(controlAddress(home))
    start()
    await once(other, 'connection')
    serve.kill('SIGINT')
    const late = sleep(2_000, 'too late', { ref: false })
    expect(await Promise.race([once(serve, 'close'), late])).toEqual([130, null])
    expect(printed).toBe('Clawkeep was stopped before it was ready.\n')
  },
)
