import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import {
  type Connection,
  type ConnectionAct,
  type ConnectionPlan,
  ProgramId,
  programIds,
} from '../../../shared/models/connection.ts'
import { askYes } from '../ask-yes.ts'
import { type Context, contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { parseScopes } from '../parse-scopes.ts'
import { moment, plain, plainLines, table } from '../table.ts'

type ActOptions = { readonly scopes?: string; readonly replace?: boolean; readonly yes?: boolean }

/** `connect list | show | add | repair | undo | test | snippet`. */
export function addConnectCommands(program: Command): void {
  const connect = program.command('connect').description('write Clawkeep into the settings of other programs')

  connect
    .command('list')
    .description('list the programs, and how each stands')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const all = await callCore(context, 'connect.list')
      const rows = all.map(({ program: id, state, file, connected }) => [
        id,
        state,
        connected === null ? '' : moment(connected.lastSeenMs),
        file,
      ])
      context.print(all, table(['program', 'state', 'last call', 'settings'], rows))
    })

  connect
    .command('show <program>')
    .description('show how one program stands')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(command)
      const connection = await find(context, name)
      context.print(connection, describe(connection))
    })

  connect
    .command('add <program>')
    .description('connect a program: shows the exact change, asks, then writes it with a new key')
    .option('--scopes <a,b>', 'what it may ask for; else the program’s own: chat, and the names of your items')
    .option('--replace', 'replace an entry “clawkeep” that is there already; undo brings it back')
    .option('--yes', 'do not ask')
    .action((name: string, options: ActOptions, command: Command) => act(name, 'add', options, command))

  connect
    .command('repair <program>')
    .description('write the entry again, with a new key')
    .option('--yes', 'do not ask')
    .action((name: string, options: ActOptions, command: Command) => act(name, 'repair', options, command))

  connect
    .command('undo <program>')
    .description('take the entry out again and end its key')
    .option('--yes', 'do not ask')
    .action((name: string, options: ActOptions, command: Command) => act(name, 'undo', options, command))

  connect
    .command('test <program>')
    .description('make a real call with what stands in the program’s settings')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(command)
      const id = parseProgram(name)
      const trial = await callCore({ ...context, alone: false }, 'connect.test', { program: id })
      if (!trial.ok) throw new AppError('unavailable', trial.message, trial.hint === null ? {} : { hint: trial.hint })
      context.print(trial, `${plain(trial.message)} (${trial.tookMs} ms)`)
    })

  connect
    .command('snippet <program>')
    .description('print what to put in by hand; “generic” for any other program')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(command)
      const wanted = name === 'generic' ? name : parseProgram(name)
      const found = (await callCore(context, 'connect.snippets')).find(({ id }) => id === wanted)
      if (found === undefined) throw new AppError('not_found', 'There is no snippet for it.')
      const { where, text, command: line, note } = found
      const more = [...(line === null ? [] : [`# or in a terminal:\n${line}`]), ...(note === null ? [] : [`# ${note}`])]
      context.print(found, [`# ${plain(where)}`, text, ...more].join('\n'))
    })
}

async function act(name: string, kind: ConnectionAct, options: ActOptions, command: Command): Promise<void> {
  const context = contextOf(command)
  const input = {
    program: parseProgram(name),
    replace: options.replace === true,
    ...(options.scopes === undefined ? {} : { scopes: parseScopes(options.scopes) }),
  }
  const plan = await callCore(context, 'connect.plan', { ...input, act: kind })
  if (options.yes !== true) {
    process.stderr.write(`${describePlan(plan)}\n`)
    if (!(await askYes('Make this change?'))) throw new AppError('cancelled', 'Nothing was changed.')
  }
  const connection = await callCore(context, `connect.${kind}`, { ...input, digest: plan.digest })
  const next = kind === 'undo' ? 'Its key no longer works.' : connection.afterwards
  context.print(connection, `${done[kind]} ${connection.name}. ${next}`)
}

const done: Readonly<Record<ConnectionAct, string>> = {
  add: 'Connected',
  repair: 'Repaired',
  undo: 'Disconnected',
}

function describePlan({ file, diff, notes, act: kind, scopes }: ConnectionPlan): string {
  return [
    diff === '' ? `${plain(file)} stays as it is.` : plainLines(diff.trimEnd()),
    '',
    ...notes.map(plain),
    ...(kind === 'undo' ? [] : [`It may ask for: ${scopes.join(', ')}`]),
  ].join('\n')
}

function describe({ name, state, file, problem, connected, afterwards }: Connection): string {
  return [
    `${name}: ${state}`,
    `settings: ${plain(file)}`,
    ...(problem === null ? [] : [plain(problem.message), plain(problem.hint)]),
    ...(connected === null
      ? []
      : [
          `scopes: ${connected.scopes.join(', ')}`,
          `key: ${connected.keyId}`,
          `connected: ${moment(connected.sinceMs)}`,
          `last call: ${moment(connected.lastSeenMs)}`,
          ...(connected.trial === null
            ? []
            : [`last test: ${moment(connected.trial.atMs)}, ${plain(connected.trial.message)}`]),
          afterwards,
        ]),
  ].join('\n')
}

async function find(context: Context, name: string): Promise<Connection> {
  const id = parseProgram(name)
  const found = (await callCore(context, 'connect.list')).find(({ program }) => program === id)
  if (found === undefined) throw new AppError('not_found', `${id} is not listed.`)
  return found
}

function parseProgram(name: string): ProgramId {
  const id = ProgramId.safeParse(name)
  if (id.success) return id.data
  throw new AppError('not_found', `“${plain(name)}” is not a program that Clawkeep knows.`, {
    hint: `It knows ${programIds.join(', ')}. For any other: clawkeep connect snippet generic`,
  })
}
