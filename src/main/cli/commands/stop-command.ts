import type { Command } from 'commander'
import { contextOf } from '../context.ts'
import { stopCore } from '../running-core.ts'

/** `stop`: ends the running core, whoever started it. */
export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .description('end the running Clawkeep: what waits is denied, the vault is locked')
    .action(async (_options, command: Command) => {
      const { home, print } = contextOf(command)
      const stopped = await stopCore(home)
      print({ stopped }, stopped ? 'Clawkeep has stopped.' : `No Clawkeep is running for ${home}.`)
    })
}
