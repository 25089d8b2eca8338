import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hatch } from '../../../src/main/assistants/hatch.ts'
import { makeHatch, open } from './make-hatch.ts'

/** Not one that anything else here listens on. */
const proxyPort = 20_000 + (process.pid % 20_000)

describe('the script inside', () => {
  test('ends with the code of what it runs, and says so when that cannot be found', async () => {
    const { hatch } = await makeHatch()
    const codes = [
      ['node', '-e', 'process.exit(7)'],
      ['no-such-program'],
      ['node', '-e', 'process.kill(process.pid, "SIGKILL")'],
    ]
    // One after the other: each listens on the same port of this machine.
    const ends: Array<number | null> = []
    for (const command of codes) ends.push(await ended(run(hatch, command)))
    expect(ends).toEqual([7, 127, 137])
  })

  test('gives its child the proxy and the token, and passes a signal on', async () => {
    const { hatch } = await makeHatch()
    const program = `process.on('SIGTERM', () => process.exit(3)); console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)`
    const child = run(hatch, ['node', '-e', program])
    const env = JSON.parse(
      await new Promise<string>((resolve) => child.stdout?.once('data', (bytes) => resolve(String(bytes)))),
    ) as Record<string, string>
    expect(env).toMatchObject({
      HTTP_PROXY: `http://127.0.0.1:${proxyPort}`,
      https_proxy: `http://127.0.0.1:${proxyPort}`,
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: join(hatch.dir, 'ca.pem'),
      OPENCLAW_GATEWAY_TOKEN: hatch.token,
    })
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(3)
  })
})

/** A copy with a port and a file of its own: this machine is not a container, and other tests may run on it. */
function run(hatch: Hatch, command: ReadonlyArray<string>): ChildProcess {
  const copy = join(hatch.dir, 'copy.cjs')
  const script = readFileSync(join(hatch.dir, 'hatch.cjs'), 'utf8')
  writeFileSync(
    copy,
    script
      .replace("'/tmp/clawkeep-ca.pem'", '`${__dirname}/ca.pem`')
      .replace('proxyPort = 8118', `proxyPort = ${proxyPort}`),
  )
  const child = spawn(process.execPath, [copy, '--', ...command], { stdio: ['ignore', 'pipe', 'ignore'] })
  open.push(() => child.kill('SIGKILL'))
  return child
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}
