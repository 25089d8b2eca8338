import type { Command } from 'commander'
import { AppError, toWireError } from '../../../shared/app-error.ts'
import { runStdioBridge } from '../../mcp/stdio-bridge.ts'
import { contextOf } from '../context.ts'
import { onEnding } from '../interrupt.ts'
import { readSecretFile } from '../read-input.ts'
import { locateCore, startCore, statusOf } from '../running-core.ts'
import { plainLines } from '../table.ts'

/** `mcp`: MCP over standard input and output, for clients that know nothing else. */
export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .description('speak MCP on standard input and output with the running Clawkeep')
    .option('--key-file <file>', 'file that holds the API key; else the environment variable CLAWKEEP_API_KEY')
    .option('--start', 'start Clawkeep without a window, locked, when it does not run')
    .action(async (options: { keyFile?: string; start?: true }, command: Command) => {
      const key =
        options.keyFile === undefined ? process.env['CLAWKEEP_API_KEY'] : readSecretFile(options.keyFile).trim()
      if (key === undefined || key === '') {
        throw new AppError('unauthorized', 'No API key was given.', {
          hint: 'Make one with `clawkeep key create --out FILE` and start this with --key-file FILE.',
        })
      }
      const { home } = contextOf(command)
      const stop = new AbortController()
      onEnding(() => stop.abort())
      // Beside the bridge: its client is answered meanwhile, and does not start again a server that ended at once.
      const ready = makeReady(home, { start: options.start === true, signal: stop.signal })
      const locate = () => locateCore(home)
      await runStdioBridge({ locate, key, stdin: process.stdin, stdout: process.stdout, signal: stop.signal })
      stop.abort()
      await ready
    })
}

/** Starts the core where that is wanted, and says why there is none yet where clients put what a server has to say. */
async function makeReady(home: string, { start, signal }: { start: boolean; signal: AbortSignal }): Promise<void> {
  try {
    const status = await statusOf(home)
    if (status === null && start) await startCore(home, signal)
    else if (status === null) say('Clawkeep is not running. Waiting for it to be started.')
    else if (status.mcpUrl === null) say(status.mcpProblem ?? 'The MCP server of Clawkeep is off.')
  } catch (error) {
    if (signal.aborted) return
    const { message, hint = '' } = toWireError(error)
    say(`${message} ${hint}`)
  }
}

function say(line: string): void {
  process.stderr.write(`${plainLines(line)}\n`)
}
