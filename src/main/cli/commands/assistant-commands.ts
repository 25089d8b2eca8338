import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { contextOf, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { parseWholeNumber } from '../whole-number.ts'
import { plain, table } from '../table.ts'

/** `assistant create | list | start | stop | restart | logs | remove`; an assistant is named by its id or its name. */
export function addAssistantCommands(program: Command): void {
  const assistant = program.command('assistant').description('assistants in their containers')

  assistant
    .command('create')
    .description('add an assistant')
    .requiredOption('--name <name>', 'its name, also the `instance` of the MCP tools')
    .requiredOption('--image <image>', 'image, or `demo` for the demo assistant')
    .option('--memory <MiB>', 'memory limit', '1536')
    .action(async (options: { name: string; image: string; memory: string }, command: Command) => {
      const context = contextOf(command)
      const made = await callCore(context, 'assistants.create', {
        name: options.name,
        image: options.image,
        memoryMiB: parseWholeNumber(options.memory, '--memory'),
      })
      context.print(made, `Added ${made.name} (${made.id}).`)
    })

  assistant
    .command('list')
    .description('list the assistants')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const all = await callCore(context, 'assistants.list')
      const rows = all.map((entry) => [
        entry.id,
        entry.name,
        entry.image,
        entry.state,
        `${entry.memoryMiB} MiB`,
        entry.message ?? '',
      ])
      context.print(
        all,
        rows.length === 0 ? 'No assistants yet.' : table(['id', 'name', 'image', 'state', 'memory', 'message'], rows),
      )
    })

  for (const [name, route, done] of [
    ['start', 'assistants.start', 'is'],
    ['stop', 'assistants.stop', 'is'],
    ['restart', 'assistants.restart', 'is'],
  ] as const) {
    assistant
      .command(`${name} <assistant>`)
      .description(`${name} its container`)
      .action(async (given: string, _options, command: Command) => {
        const context = { ...contextOf(command), alone: false }
        const { id } = await findAssistant(context, given)
        const after = await callCore(context, route, { id })
        context.print(
          after,
          `${after.name} ${done} ${after.state}.${after.message === null ? '' : ` ${plain(after.message)}`}`,
        )
        if (after.state === 'failed')
          throw new AppError('unavailable', after.message ?? 'It failed.', {
            ...(after.hint === null ? {} : { hint: after.hint }),
          })
      })
  }

  assistant
    .command('logs <assistant>')
    .description('print the end of its log')
    .option('--lines <n>', 'how many lines', '200')
    .action(async (given: string, options: { lines: string }, command: Command) => {
      const context = { ...contextOf(command), alone: false }
      const { id } = await findAssistant(context, given)
      const lines = await callCore(context, 'assistants.logs', {
        id,
        lines: parseWholeNumber(options.lines, '--lines'),
      })
      context.print(lines, lines.map(plain).join('\n'))
    })

  assistant
    .command('remove <assistant>')
    .description('remove it; its data stays unless --with-data is given')
    .option('--with-data', 'remove its data volume too')
    .action(async (given: string, options: { withData?: boolean }, command: Command) => {
      const context = contextOf(command)
      const { id, name } = await findAssistant(context, given)
      await callCore(context, 'assistants.remove', { id, withData: options.withData === true })
      context.print({ removed: id }, `Removed ${name}.`)
    })
}

async function findAssistant(context: Context, given: string) {
  const all = await callCore(context, 'assistants.list')
  const found = all.find((entry) => entry.id === given) ?? all.find((entry) => entry.name === given)
  if (found === undefined)
    throw new AppError('not_found', `There is no assistant ${plain(given)}.`, {
      hint: 'See `clawkeep assistant list`.',
    })
  return found
}
