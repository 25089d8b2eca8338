import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { runStdioBridge } from '../../mcp/stdio-bridge.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readSecretFile } from '../read-input.ts'
import { locateCore, startCore } from '../running-core.ts'

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
      const context = contextOf(command)
      const stop = new AbortController()
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
      const found = await locateCore(context.home)
      if (found === null && options.start === true) await startCore(context.home, stop.signal)
      else if (found === null) {
        const { mcpProblem } = await callCore({ ...context, alone: false }, 'status.get')
        throw new AppError('unavailable', mcpProblem ?? 'The MCP server does not run.')
      }
      const locate = () => locateCore(context.home)
      await runStdioBridge({ locate, key, stdin: process.stdin, stdout: process.stdout, signal: stop.signal })
    })
}
