import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { scopes } from '../../../shared/models/api-key.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { parseDurationMs } from '../duration.ts'
import { parseScopes } from '../parse-scopes.ts'
import { moment, plain, table } from '../table.ts'
import { addKeyImport, keySourceWords } from './key-import-command.ts'

const dayMs = 86_400_000

/** `key create | list | rotate | import | revoke`. */
export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('API keys of MCP clients')

  key
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--name <name>', 'name of the client')
    .requiredOption('--scopes <a,b>', `what it may ask for: ${scopes.join(', ')}`)
    .option('--expires <time>', 'stop working after this time, such as 30d')
    .option('--out <file>', 'write the key to a new file that only you can read, instead of showing it')
    .action(async (options: { name: string; scopes: string; expires?: string; out?: string }, command: Command) => {
      const context = contextOf(command)
      const expiresInDays = options.expires === undefined ? null : parseDurationMs(options.expires) / dayMs
      const create = () =>
        callCore(context, 'keys.create', { name: options.name, scopes: parseScopes(options.scopes), expiresInDays })
      if (options.out !== undefined) {
        const { key } = await intoNewFile(options.out, create)
        return context.print({ ...key, file: options.out }, `The key is in ${plain(options.out)}.`)
      }
      const { key, secret } = await create()
      return context.print({ ...key, key: secret }, `${secret}\nThis is the only time the key is shown.`)
    })

  key
    .command('list')
    .description('list the keys, without the keys themselves')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const keys = await callCore(context, 'keys.list')
      const rows = keys.map((entry) => [
        entry.id,
        entry.name,
        entry.prefix,
        entry.state,
        entry.scopes.join(','),
        moment(entry.expiresAtMs),
        moment(entry.lastUsedAtMs),
        entry.source === null ? '' : keySourceWords[entry.source],
        entry.previous === null ? '' : `${entry.previous.prefix}… for ${timeLeft(entry.previous.untilMs)}`,
      ])
      context.print(
        keys,
        rows.length === 0
          ? 'No keys yet.'
          : table(['id', 'name', 'key', 'state', 'scopes', 'expires', 'last used', 'source', 'old key'], rows),
      )
    })

  key
    .command('rotate <id>')
    .description('give a client a new key, shown once; the one it has goes on for a while')
    .option('--overlap <time>', 'how long the old key goes on, such as 1h or 7d; 0 for not at all', '1h')
    .option('--out <file>', 'write the key to a new file that only you can read, instead of showing it')
    .action(async (id: string, options: { overlap: string; out?: string }, command: Command) => {
      const context = contextOf(command)
      const overlapMs = options.overlap === '0' ? 0 : parseDurationMs(options.overlap)
      const rotate = () => callCore(context, 'keys.rotate', { id, overlapMs })
      const made = options.out === undefined ? await rotate() : await intoNewFile(options.out, rotate)
      const { key: rotated, secret } = made
      const { previous } = rotated
      const old =
        previous === null
          ? 'The old key does not work any more.'
          : `The old key works until ${moment(previous.untilMs)}.`
      if (options.out !== undefined)
        return context.print({ ...rotated, file: options.out }, `The key is in ${plain(options.out)}.\n${old}`)
      return context.print({ ...rotated, key: secret }, `${secret}\nThis is the only time the key is shown. ${old}`)
    })

  addKeyImport(key)

  key
    .command('revoke <id>')
    .description('stop a key at once, on open connections too')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command)
      const revoked = await callCore(context, 'keys.revoke', { id })
      context.print(revoked, 'Revoked.')
    })
}

function timeLeft(untilMs: number): string {
  const minutes = Math.max(1, Math.round((untilMs - Date.now()) / 60_000))
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Opens the file before the key is made: one that cannot be written must not leave a key behind that nobody has. */
async function intoNewFile<T extends { readonly secret: string }>(file: string, create: () => Promise<T>): Promise<T> {
  let handle: number
  try {
    handle = openSync(file, 'wx', 0o600)
  } catch (error) {
    throw new AppError('unavailable', `${file} could not be made, so no key was made.`, {
      hint: 'Choose a new file in a folder you can write to.',
      cause: error,
    })
  }
  try {
    const made = await create()
    writeFileSync(handle, `${made.secret}\n`)
    return made
  } catch (error) {
    unlinkSync(file)
    if (error instanceof AppError) throw error
    throw new AppError('unavailable', `The key was made, but ${file} could not be written.`, {
      hint: 'Revoke it (see `clawkeep key list`) and make another.',
      cause: error,
    })
  } finally {
    closeSync(handle)
  }
}
