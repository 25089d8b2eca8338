import type { Command } from 'commander'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, table } from '../table.ts'

/** `session list | end`: the programs that are connected now. */
export function addSessionCommands(program: Command): void {
  const session = program.command('session').description('programs that are connected over MCP now')

  session
    .command('list')
    .description('list the connected programs, newest first')
    .action(async (_options, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      const all = await callCore(context, 'sessions.list')
      const rows = all.map((entry) => [
        entry.id,
        entry.clientName === '' ? entry.clientId : entry.clientName,
        entry.program === null ? '' : `${entry.program.name} ${entry.program.version}`,
        entry.revision,
        moment(entry.sinceMs),
        String(entry.calls),
        entry.lastTool ?? '',
      ])
      context.print(
        all,
        rows.length === 0
          ? 'No program is connected.'
          : table(['id', 'client', 'program', 'protocol', 'since', 'calls', 'last tool'], rows),
      )
    })

  session
    .command('end <id>')
    .description('disconnect a program and stop its calls; it may connect again with its key')
    .action(async (id: string, _options, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      await callCore(context, 'sessions.end', { id })
      context.print({ id, ended: true }, 'Disconnected.')
    })
}
