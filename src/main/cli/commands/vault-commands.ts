import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readHiddenLine, readNewPassword, readSecretFile } from '../read-input.ts'
import { handOver, kitHelp, paperHelp, readKitOptions, type KitOptions } from './kit-options.ts'
import { addUpkeepCommands } from './upkeep-commands.ts'
import { addVaultExport } from './vault-export-command.ts'
import { addVaultHealth } from './vault-health-command.ts'
import { addVaultImport } from './vault-import-command.ts'

/** `init`, `unlock`, `lock`, `status` and `vault …`. */
export function addVaultCommands(program: Command): void {
  program
    .command('init')
    .description('make a new vault')
    .option('--kit <file>', kitHelp)
    .option('--paper <size>', paperHelp, 'a4')
    .action(async (options: KitOptions, command: Command) => {
      const kit = readKitOptions(options)
      const password = await readNewPassword(passwordFileOf(command))
      const context = { ...contextOf(command), password: async () => password }
      const { recoveryWords } = await callCore(context, 'vault.create', { password })
      const { value, text } = await handOver(context, kit, recoveryWords)
      context.print({ home: context.home, ...value }, `The vault is made, in ${context.home}.\n\n${text}`)
    })

  program
    .command('unlock')
    .description('unlock the vault of the running Clawkeep')
    .option('--accept-older', 'open a vault file that is older than the audit log remembers; needs no running Clawkeep')
    .action(async ({ acceptOlder = false }: { acceptOlder?: boolean }, command: Command) => {
      const context = { ...contextOf(command), alone: acceptOlder }
      await callCore(context, 'vault.unlock', { password: await context.password(), acceptOlder })
      const words = acceptOlder ? 'The vault file is taken as it is.' : 'Unlocked.'
      context.print({ vault: 'unlocked' }, words)
    })

  program
    .command('lock')
    .description('lock the vault of the running Clawkeep now')
    .action(async (_options, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      await callCore(context, 'vault.lock')
      context.print({ vault: 'locked' }, 'Locked.')
    })

  const vault = program
    .command('vault')
    .description('the ways into the vault, its key, its backups, what comes in and goes out')
  addVaultImport(vault)
  addVaultExport(vault)
  addVaultHealth(vault)

  vault
    .command('recover')
    .description('set a new password with the recovery words')
    .option('--words-file <file>', 'file that holds the 24 words; - for standard input; else they are asked for')
    .action(async ({ wordsFile }: { wordsFile?: string }, command: Command) => {
      const context = contextOf(command)
      const words = await readRecoveryWords(wordsFile)
      await callCore(context, 'vault.recover', { words, newPassword: await readNewPassword(passwordFileOf(command)) })
      context.print({ password: 'set' }, 'The new password is set. The recovery words stay good.')
    })

  vault
    .command('recovery-words')
    .description('make new recovery words; the old ones open nothing any more')
    .option('--kit <file>', kitHelp)
    .option('--paper <size>', paperHelp, 'a4')
    .action(async (options: KitOptions, command: Command) => {
      const kit = readKitOptions(options)
      const context = contextOf(command)
      const { recoveryWords } = await callCore(context, 'vault.renewWords', { password: await context.password() })
      const { value, text } = await handOver(context, kit, recoveryWords)
      context.print(value, text)
    })

  addUpkeepCommands(vault)

  program
    .command('status')
    .description('show the state of the vault, the MCP server and the container engine')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const status = await callCore(context, 'status.get')
      const running = status.pid !== process.pid
      context.print(
        { ...status, running },
        [
          `Clawkeep ${status.version}: ${running ? `running (pid ${status.pid})` : 'not running'}`,
          `Data folder: ${status.home}`,
          `Vault: ${status.vault}${status.vaultProblem === null ? '' : `: ${status.vaultProblem.message}`}`,
          ...(running
            ? [
                `MCP: ${status.mcpUrl ?? status.mcpProblem ?? 'off'}`,
                `Containers: ${status.engine.message}`,
                `Waiting for a decision: ${status.pendingApprovals}`,
              ]
            : []),
          ...(status.dueItems === 0 ? [] : [`Due: ${status.dueItems}, see clawkeep item list --due`]),
          ...(status.auditProblem === null ? [] : [`Audit log: ${status.auditProblem}`]),
        ].join('\n'),
      )
    })
}

function passwordFileOf(command: Command): string | undefined {
  return command.optsWithGlobals<{ passwordFile?: string }>().passwordFile
}

async function readRecoveryWords(file: string | undefined): Promise<string> {
  if (file !== undefined) return readSecretFile(file)
  return readHiddenLine(
    'The 24 recovery words, on one line: ',
    new AppError('wrong_password', 'The recovery words are needed and there is no terminal to ask at.', {
      hint: 'Use --words-file FILE, or --words-file - to read them from standard input.',
    }),
  )
}
