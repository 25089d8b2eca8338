import type { Command } from 'commander'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { readPolicyFile } from '../read-policy.ts'

/** `policy show | set`. */
export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('rules that answer allow, deny or ask')

  policy
    .command('show')
    .description('print the policy as JSON')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const current = await callCore(context, 'policy.get')
      context.print(current, JSON.stringify(current, null, 2))
    })

  policy
    .command('set')
    .description('replace the policy')
    .requiredOption('--file <file>', 'policy file (JSON); - for standard input')
    .action(async (options: { file: string }, command: Command) => {
      const context = contextOf(command)
      const current = await callCore(context, 'policy.set', { policy: readPolicyFile(options.file) })
      context.print(current, `The policy has ${current.rules.length} rules now.`)
    })
}
