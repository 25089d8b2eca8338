import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { RouteOutput } from '../../../shared/ipc/contract.ts'
import { systemClock } from '../../clock.ts'
import { contextOf, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { openCore } from '../open-core.ts'
import { plainLines, table } from '../table.ts'
import { readNewPassword } from '../read-input.ts'

/** The commands of `vault` that concern it as a whole, and its password. */
export function addUpkeepCommands(vault: Command): void {
  vault
    .command('change-password')
    .description('set a new password; the recovery words stay good')
    .option(
      '--new-password-file <file>',
      'file that holds the new password; - for standard input; else it is asked for',
    )
    .action(async ({ newPasswordFile }: { newPasswordFile?: string }, command: Command) => {
      const context = contextOf(command)
      const password = await context.password()
      const newPassword = await readNewPassword(newPasswordFile)
      await callCore(context, 'vault.changePassword', { password, newPassword })
      context.print({ password: 'changed' }, 'The new password is set. The recovery words stay good.')
    })

  vault
    .command('remove-recovery-words')
    .description('end the recovery words: then only the password opens the vault')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      await callCore(context, 'vault.removeWords', { password: await context.password() })
      context.print(
        { recoveryWords: 'removed' },
        'The recovery words open nothing any more. `clawkeep vault recovery-words` makes new ones.',
      )
    })

  vault
    .command('calibrate')
    .description('make each guess at the password as costly as this computer bears')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const cost = await callCore(context, 'vault.calibrate', { password: await context.password() })
      context.print(
        cost,
        `Each guess ${cost.raised ? 'now' : 'already'} takes ${cost.memoryMiB} MiB and ${cost.passes} passes: ${cost.tookMs} ms on this computer.`,
      )
    })

  vault
    .command('rotate')
    .description('give the vault a new key, after a checked backup')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const { epoch } = await callCore(context, 'vault.rotate')
      context.print(
        { epoch },
        `The vault has a new key (epoch ${epoch}). Password and recovery words stay the same. Older backups open with the older key.`,
      )
    })

  vault
    .command('backup')
    .description('make a checked, encrypted copy of the vault; it opens with the password of today')
    .option('--out <file>', 'where to write it; else into the backups of the data folder')
    .action(async ({ out }: { out?: string }, command: Command) => {
      const context = contextOf(command)
      const made = await callCore(context, 'vault.backup', { file: out === undefined ? null : resolve(out) })
      context.print(made, `Backup of ${itemsInWords(made.items)}, every one opened: ${made.file}`)
    })

  vault
    .command('restore')
    .description('put a backup in the place of the vault, which is kept aside; asks for the password of the backup')
    .requiredOption('--from <file>', 'the backup')
    .action(async ({ from }: { from: string }, command: Command) => {
      const context = contextOf(command)
      const restored = await restoreVault(context, resolve(from))
      const kept = restored.keptAside === null ? '' : `\nThe vault that was there is kept: ${restored.keptAside}`
      context.print(restored, `Restored ${itemsInWords(restored.items)}, every one opened. The vault is locked.${kept}`)
    })

  vault
    .command('doctor')
    .description('open every row of the vault and list what does not open')
    .option('--rescue', 'put what opens into a new file; the damaged one is kept')
    .action(async ({ rescue = false }: { rescue?: boolean }, command: Command) => {
      const context = contextOf(command)
      const result = await callCore(context, 'vault.check', { rescue })
      context.print(result, wordsOf(result))
      if (result.problems.length > 0 && result.keptAside === null) process.exitCode = 1
    })
}

/** Through the core of the home; where its vault file is too damaged for one, directly. */
async function restoreVault(context: Context, path: string): Promise<RouteOutput<'vault.restore'>> {
  const password = await context.password()
  try {
    return await callCore(context, 'vault.restore', { from: { kind: 'file', path }, password })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'damaged') throw error
    const { restoreOverDamaged } = await import('../../vault/restore-damaged.ts')
    const course = { signal: new AbortController().signal }
    const restored = await restoreOverDamaged({ home: context.home, from: path, password, clock: systemClock }, course)
    // The vault opens, so it was the backup that is damaged.
    if (restored === null) throw error
    const core = await openCore(context.home, { restoredBy: { kind: 'person', id: 'cli' } })
    await core.dispose()
    return restored
  }
}

function wordsOf(result: {
  items: number
  records: number
  epoch: number
  keptAside: string | null
  problems: ReadonlyArray<{ table: string; id: string; name: string | null; message: string }>
}): string {
  const opened = `${itemsInWords(result.items)} and ${result.records} other entries open (epoch ${result.epoch}).`
  if (result.problems.length === 0) return `The vault is whole: ${opened}`
  const rows = result.problems.map(({ table: where, name, message }) => [where, name ?? '', message])
  const end =
    result.keptAside === null
      ? 'Restore a backup, or run `clawkeep vault doctor --rescue` to keep what opens in a new file.'
      : `What opens is in a new file now. The damaged one is kept: ${plainLines(result.keptAside)}`
  return `${opened}\n\n${table(['Where', 'Name', 'What is wrong'], rows)}\n\n${end}`
}

function itemsInWords(count: number): string {
  return count === 1 ? '1 item' : `${count} items`
}
