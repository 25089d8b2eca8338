import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readPassword } from '../read-input.ts'

/** `init`, `unlock`, `lock` and `status`. */
export function addVaultCommands(program: Command): void {
  program
    .command('init')
    .description('make a new vault')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const password = await context.password()
      const { passwordFile } = command.optsWithGlobals<{ passwordFile?: string }>()
      if (passwordFile === undefined && (await readPassword(undefined, 'The same again: ')) !== password) {
        throw new AppError('invalid', 'The two passwords differ.', { hint: 'Try again.' })
      }
      await callCore(context, 'vault.create', { password })
      context.print(
        { home: context.home },
        `The vault is made, in ${context.home}.\nKeep the password: nobody can bring it back.`,
      )
    })

  program
    .command('unlock')
    .description('unlock the vault of the running Clawkeep')
    .action(async (_options, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      await callCore(context, 'vault.unlock', { password: await context.password() })
      context.print({ vault: 'unlocked' }, 'Unlocked.')
    })

  program
    .command('lock')
    .description('lock the vault of the running Clawkeep now')
    .action(async (_options, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      await callCore(context, 'vault.lock')
      context.print({ vault: 'locked' }, 'Locked.')
    })

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
          ...(status.auditProblem === null ? [] : [`Audit log: ${status.auditProblem}`]),
        ].join('\n'),
      )
    })
}
