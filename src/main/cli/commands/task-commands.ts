import type { Command } from 'commander'
import { taskStateWords } from '../../../shared/models/task.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, table } from '../table.ts'

/** `tasks list | cancel`: what clients gave to assistants. */
export function addTaskCommands(program: Command): void {
  const tasks = program.command('tasks').description('tasks that clients gave to assistants')

  tasks
    .command('list')
    .description('list the tasks, oldest first: who gave them, where, how far; never what they are about')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const all = await callCore(context, 'tasks.list')
      const rows = all.map((task) => [
        task.id,
        task.clientName,
        task.instance ?? '',
        taskStateWords[task.state],
        String(task.characters),
        moment(task.createdAtMs),
        task.problem?.message ?? '',
      ])
      context.print(
        all,
        rows.length === 0
          ? 'No tasks.'
          : table(['id', 'client', 'assistant', 'state', 'characters', 'made', 'problem'], rows),
      )
    })

  tasks
    .command('cancel <id>')
    .description('end a task that waits or is at work; its client is told')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command)
      context.print(await callCore(context, 'tasks.cancel', { id }), 'The task is cancelled.')
    })
}
