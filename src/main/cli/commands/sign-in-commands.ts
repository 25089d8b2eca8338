import type { Command } from 'commander'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, table } from '../table.ts'

/** `sign-in list | revoke`: programs that came by OAuth; `key` is for those that hold a key. */
export function addSignInCommands(program: Command): void {
  const signIn = program.command('sign-in').description('programs that signed in (OAuth)')

  signIn
    .command('list')
    .description('list the programs that signed in, newest first')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const all = await callCore(context, 'signIns.list')
      const rows = all.map((entry) => [
        entry.id,
        entry.name,
        entry.redirectHost,
        entry.state,
        entry.scopes.join(','),
        moment(entry.endsAtMs),
        moment(entry.lastUsedAtMs),
      ])
      context.print(
        all,
        rows.length === 0
          ? 'No program has signed in.'
          : table(['id', 'name', 'answers to', 'state', 'scopes', 'expires', 'last used'], rows),
      )
    })

  signIn
    .command('revoke <id>')
    .description('sign a program out at once, on open connections too')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command)
      context.print(await callCore(context, 'signIns.revoke', { id }), 'Revoked.')
    })
}
