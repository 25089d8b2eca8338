import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import type { Approval } from '../../../shared/models/approval.ts'
import type { Consent, ConsentTerms } from '../../../shared/models/sign-in.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { parseScopes } from '../parse-scopes.ts'
import { parseDurationMs } from '../duration.ts'
import { moment, plain, table } from '../table.ts'
import { parseWholeNumber } from '../whole-number.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
/** How long a sign-in lasts when nothing is said. */
const usualDays = 30

/** `approvals list | show | allow | deny`; every one asks for the vault password. */
export function addApprovalCommands(program: Command): void {
  const approvals = program.command('approvals').description('questions that wait for your decision')

  approvals
    .command('list')
    .description('list the questions, newest first')
    .action(async (_options, command: Command) => {
      const context = contextOf(command)
      const all = await callCore(context, 'approvals.list')
      const rows = all.map((entry) => [
        entry.id,
        entry.state,
        entry.asker.name,
        entry.consent === null ? `${entry.request.method} ${entry.request.host}` : `sign in, to ${entry.request.host}`,
        entry.secrets.map((use) => use.name).join(','),
        moment(entry.expiresAtMs),
      ])
      context.print(
        all,
        rows.length === 0 ? 'No questions.' : table(['id', 'state', 'asker', 'request', 'secrets', 'expires'], rows),
      )
    })

  approvals
    .command('show <id>')
    .description('show exactly what is asked')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command)
      const approval = await callCore(context, 'approvals.get', { id })
      context.print(approval, describe(approval))
    })

  approvals
    .command('allow <id>')
    .description('allow it once, or with --for and --uses for a while; a sign-in with all scopes it asks for')
    .option('--for <time>', 'also allow this asker and host for this long, such as 1h; a sign-in: how long it lasts')
    .option('--uses <n>', 'at most this many times')
    .option('--scopes <a,b>', 'for a sign-in: only these of the scopes it asks for')
    .action(async (id: string, options: { for?: string; uses?: string; scopes?: string }, command: Command) => {
      const context = contextOf(command)
      const { consent } = await callCore(context, 'approvals.get', { id })
      if (consent !== null) {
        const terms = consentTerms(consent, options)
        const decided = await callCore(context, 'approvals.decide', {
          id,
          decision: { answer: 'allow', consent: terms },
        })
        return context.print(decided, `Signed in with ${terms.scopes.join(', ')}.`)
      }
      if (options.scopes !== undefined) {
        throw new AppError('invalid', '--scopes is for sign-ins.', { hint: 'Allow this question without it.' })
      }
      const uses = options.uses === undefined ? null : parseWholeNumber(options.uses, '--uses')
      if (uses !== null && options.for === undefined) {
        throw new AppError('invalid', '--uses needs --for.', { hint: 'Write, for example, --for 1h --uses 5.' })
      }
      const decision = {
        answer: 'allow' as const,
        ...(options.for === undefined ? {} : { grant: { forMinutes: parseDurationMs(options.for) / minuteMs, uses } }),
      }
      const approval = await callCore(context, 'approvals.decide', { id, decision })
      return context.print(approval, 'Allowed.')
    })

  approvals
    .command('deny <id>')
    .description('deny it; the reason is told to the asker')
    .option('--reason <text>', 'why', '')
    .action(async (id: string, options: { reason: string }, command: Command) => {
      const context = contextOf(command)
      const approval = await callCore(context, 'approvals.decide', {
        id,
        decision: { answer: 'deny', reason: options.reason },
      })
      context.print(approval, 'Denied.')
    })
}

function consentTerms(consent: Consent, options: { for?: string; uses?: string; scopes?: string }): ConsentTerms {
  if (options.uses !== undefined) {
    throw new AppError('invalid', 'A sign-in is not counted in uses.', { hint: 'Use --for, such as --for 7d.' })
  }
  const scopes = options.scopes === undefined ? consent.scopes.map(({ scope }) => scope) : parseScopes(options.scopes)
  return { scopes, forDays: options.for === undefined ? usualDays : parseDurationMs(options.for) / dayMs }
}

function describe(approval: Approval): string {
  const { request, consent } = approval
  if (consent !== null) {
    return [
      `${plain(approval.asker.name)} wants to sign in (${approval.state}, expires ${moment(approval.expiresAtMs)}):`,
      `  program: ${plain(consent.clientId)} (${consent.identity === 'document' ? 'this address says its name' : 'its name is its own word'})`,
      `  answers to: ${plain(consent.redirectUri)}`,
      ...consent.scopes.map(({ scope, held }) => `  may: ${scope}${held ? ' (has it already)' : ''}`),
      ...approval.risks.map((risk) => `Risk: ${plain(risk.text)}`),
    ].join('\n')
  }
  return [
    `${plain(approval.asker.name)} asks (${approval.state}, expires ${moment(approval.expiresAtMs)}):`,
    `  ${request.method} ${plain(request.url)}`,
    ...request.headers.map((header) => `  ${plain(header.name)}: ${plain(header.value)}`),
    ...approval.secrets.map((use) => `  with ${plain(use.name)} in ${plain(use.placement)}`),
    ...(request.body === null ? [] : [`  body (${bodySize(request.body)}): ${plain(request.body.text)}`]),
    ...(approval.reason === '' ? [] : [`In its own words: “${plain(approval.reason)}”`]),
    ...approval.risks.map((risk) => `Risk: ${plain(risk.text)}`),
  ].join('\n')
}

function bodySize({ bytes, truncated }: NonNullable<Approval['request']['body']>): string {
  return truncated ? `${bytes} bytes, ONLY THE START IS SHOWN` : `${bytes} bytes`
}
