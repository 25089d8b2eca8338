import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { call } from './mcp-load.ts'
import { cliHome, command } from '../../support/cli.ts'
import { modernCall } from '../../support/modern-call.ts'

const rounds = 5

/**
 * From the start of `clawkeep serve`, which unlocks the vault with the password, until a call is answered; the median. Beside
 * it, how long this Node takes to start and end.
 */
export async function firstCallMs(): Promise<{ clawkeepMs: number; nodeMs: number }> {
  const home = cliHome()
  try {
    await home.json(['init'])
    const made = await home.json<{ key: string }>(['key', 'create', '--name', 'bench', '--scopes', 'openclaw:read'])
    const clawkeep: number[] = []
    const node: number[] = []
    for (let round = 0; round < rounds; round++) {
      node.push(await startOfNode())
      clawkeep.push(await startOfServe(home.home, home.passwordFile, made.key))
    }
    return { clawkeepMs: median(clawkeep), nodeMs: median(node) }
  } finally {
    home.cleanup()
  }
}

async function startOfServe(home: string, passwordFile: string, secret: string): Promise<number> {
  const startedMs = performance.now()
  const args = [command, '--home', home, '--password-file', passwordFile, 'serve', '--port', '0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve)
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
    })
    const { mcpUrl } = JSON.parse(line) as { mcpUrl: string }
    await call({ url: mcpUrl, ...modernCall('openclaw_instances', {}, secret), expected: '"instances":[]' })
    return performance.now() - startedMs
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

function startOfNode(): Promise<number> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
  return new Promise((resolve) => child.once('close', () => resolve(performance.now() - startedMs)))
}

function median(values: ReadonlyArray<number>): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
