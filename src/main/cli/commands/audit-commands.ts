import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { AuditVerdict } from '../../../shared/models/audit.ts'
import { contextOf, type Context } from '../context.ts'
import { callCore } from '../core-link.ts'
import { moment, table } from '../table.ts'
import { parseWholeNumber } from '../whole-number.ts'

/** `audit list | verify`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the log of what happened')

  audit
    .command('list')
    .description('list entries, newest first')
    .option('--limit <n>', 'at most this many', '50')
    .action(async (options: { limit: string }, command: Command) => {
      const context = contextOf(command)
      const page = await callCore(context, 'audit.list', { limit: parseWholeNumber(options.limit, '--limit') })
      const rows = page.entries.map((entry) => [
        String(entry.index),
        moment(entry.atMs),
        entry.kind,
        entry.phase,
        `${entry.asker.kind} ${entry.asker.id}`,
        entry.tool ?? '',
        entry.host ?? entry.target ?? '',
        `${entry.decision ?? entry.outcome ?? ''}${entry.repeats === undefined ? '' : ` (${entry.repeats} more)`}`,
      ])
      context.print(page, table(['#', 'time', 'kind', 'phase', 'asker', 'tool', 'about', 'result'], rows))
    })

  audit
    .command('verify [file]')
    .description('check that the log, or a copy of one, is whole; needs no password')
    .action(async (file: string | undefined, _options, command: Command) => {
      const context = contextOf(command)
      report(context, await (file === undefined ? callCore(context, 'audit.verify') : verifyCopy(file)))
    })
}

async function verifyCopy(file: string): Promise<AuditVerdict> {
  const { verifyAuditFile } = await import('../../audit/verify-file.ts')
  return verifyAuditFile(file)
}

function report(context: Context, verdict: AuditVerdict): void {
  context.print(
    verdict,
    [
      verdict.message,
      `${verdict.entries} entries, ${verdict.checkpoints} signed checkpoints, ${verdict.unsigned} entries not signed yet`,
      ...(verdict.fingerprint === null ? [] : [`signing key ${verdict.fingerprint}`]),
    ].join('\n'),
  )
  if (!verdict.ok)
    throw new AppError('damaged', 'The audit log is not whole.', {
      hint: verdict.firstBad === null ? 'Keep the file as it is.' : 'Keep the file and look at the first bad entry.',
    })
}
