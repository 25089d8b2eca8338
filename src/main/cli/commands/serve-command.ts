import { once } from 'node:events'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { App } from '../../app.ts'
import { takeOver } from '../../control/take-over.ts'
import { contextOf } from '../context.ts'
import { readDoorEnvironment } from '../door-environment.ts'
import { type Ending, Interrupted, onEnding } from '../interrupt.ts'
import { openCore } from '../open-core.ts'
import { readProviderEnvironment } from '../provider-environment.ts'
import { readPolicyFile } from '../read-policy.ts'
import { readPassword } from '../read-input.ts'
import { parseWholeNumber } from '../whole-number.ts'

/** `serve`: the core without a window, until SIGTERM, SIGINT, SIGHUP or `clawkeep stop`. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run without a window')
    .option('--port <n>', 'exact port of the MCP server; without it the next free one from 7420')
    .option('--policy-file <file>', 'replace the policy at start; needs the password')
    .option('--make-way', 'end when the window or another `serve` is started for the same folder')
    .action(async (options: { port?: string; policyFile?: string; makeWay?: true }, command: Command) => {
      const { home } = contextOf(command)
      const { passwordFile } = command.optsWithGlobals<{ passwordFile?: string }>()
      const policy = options.policyFile === undefined ? undefined : readPolicyFile(options.policyFile)
      const password = passwordFile === undefined && policy === undefined ? undefined : await readPassword(passwordFile)
      const provider = readProviderEnvironment(process.env)
      const door = readDoorEnvironment(process.env)
      const stop = new AbortController()
      const end = (by: Ending): void => stop.abort(new Interrupted('Clawkeep was stopped before it was ready.', { by }))
      onEnding(end)
      const makesWay = options.makeWay === true
      const open = (): Promise<App> =>
        openCore(home, { door, makesWay, onStop: () => end('SIGTERM'), ...(provider === null ? {} : { provider }) })
      // Of two that make way the first one stays.
      const core = await (makesWay ? open() : takeOver(home, open, { signal: stop.signal }))
      try {
        if (password !== undefined) await mustAnswer(core, 'vault.unlock', { password })
        if (policy !== undefined) await mustAnswer(core, 'policy.set', { policy }, password)
        stop.signal.throwIfAborted()
        await core.start({ port: parsePort(options.port) })
        const { mcpUrl, mcpProblem, vault } = core.status()
        if (mcpUrl === null)
          throw new AppError('unavailable', mcpProblem ?? 'The MCP server did not start.', {
            hint: 'Choose another port.',
          })
        stop.signal.throwIfAborted()
        process.stdout.write(
          `${JSON.stringify({ event: 'ready', mcpUrl, pid: process.pid, locked: vault !== 'unlocked' })}\n`,
        )
        await once(stop.signal, 'abort')
      } finally {
        await core.dispose()
      }
    })
}

async function mustAnswer(core: App, route: string, input: unknown, password?: string): Promise<void> {
  const answer = await core.router.call(route, input, { kind: 'cli', password })
  if (answer.ok) return
  const { code, message, ...more } = answer.error
  throw new AppError(code, message, more)
}

function parsePort(text: string | undefined): number | null {
  if (text === undefined) return null
  const port = parseWholeNumber(text, '--port')
  if (port <= 65_535) return port
  throw new AppError('invalid', `“${text}” is not a port.`, {
    hint: 'Use a number from 1024 to 65535, or 0 for any free one.',
  })
}
