import { Command, CommanderError } from 'commander'
import { AppError, toWireError } from '../../shared/app-error.ts'
import { version } from '../version.ts'
import { addApprovalCommands } from './commands/approval-commands.ts'
import { addAssistantCommands } from './commands/assistant-commands.ts'
import { addAuditCommands } from './commands/audit-commands.ts'
import { addConnectCommands } from './commands/connect-commands.ts'
import { addGenerateCommand } from './commands/generate-command.ts'
import { addItemCommands } from './commands/item-commands.ts'
import { addKeyCommands } from './commands/key-commands.ts'
import { addMcpCommand } from './commands/mcp-command.ts'
import { addPolicyCommands } from './commands/policy-commands.ts'
import { addServeCommand } from './commands/serve-command.ts'
import { addSignInCommands } from './commands/sign-in-commands.ts'
import { addSessionCommands } from './commands/session-commands.ts'
import { addStopCommand } from './commands/stop-command.ts'
import { addTaskCommands } from './commands/task-commands.ts'
import { addTrashCommands } from './commands/trash-commands.ts'
import { addVaultCommands } from './commands/vault-commands.ts'
import { exitCodeOf } from './exit-code.ts'
import { Interrupted } from './interrupt.ts'
import { plainLines } from './table.ts'

const usageExitCode = 2

function createProgram(): Command {
  const program = new Command('clawkeep')
    .description('Keeps a personal AI assistant on a short, visible leash.')
    .version(version)
    .option('--home <dir>', 'data folder (else CLAWKEEP_HOME, else the usual place of the system)')
    .option('--json', 'print results as JSON')
    .option('--password-file <file>', 'file that holds the vault password; - for standard input; else it is asked for')
    .showHelpAfterError('(see clawkeep --help)')
    .exitOverride()
  addVaultCommands(program)
  addServeCommand(program)
  addStopCommand(program)
  addKeyCommands(program)
  addConnectCommands(program)
  addSignInCommands(program)
  addItemCommands(program)
  addTrashCommands(program)
  addGenerateCommand(program)
  addApprovalCommands(program)
  addPolicyCommands(program)
  addAuditCommands(program)
  addAssistantCommands(program)
  addSessionCommands(program)
  addTaskCommands(program)
  addMcpCommand(program)
  return program
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode
  const wire = toWireError(error)
  if (json) process.stderr.write(`${JSON.stringify({ error: wire })}\n`)
  else
    process.stderr.write(`${plainLines(wire.message)}${wire.hint === undefined ? '' : `\n${plainLines(wire.hint)}`}\n`)
  if (!(error instanceof AppError) && process.env['CLAWKEEP_DEBUG'] === '1')
    process.stderr.write(`${String((error as Error).stack)}\n`)
  return error instanceof Interrupted ? error.exitCode : exitCodeOf(wire.code)
}

async function main(): Promise<void> {
  try {
    await createProgram().parseAsync(process.argv)
  } catch (error) {
    process.exitCode = report(error, process.argv.includes('--json'))
  }
}

// The reader of a pipe may stop early (`clawkeep item list | head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
// Of a terminal that is closed: what was begun is cleaned up all the same.
process.stderr.on('error', () => undefined)
void main()
