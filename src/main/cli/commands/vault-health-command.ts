import { resolve } from 'node:path'
import type { Command } from 'commander'
import { dayHere, dayOf } from '../../../shared/calendar-day.ts'
import type { Finding, HealthResult } from '../../../shared/models/health.ts'
import { contextOf } from '../context.ts'
import { callCore } from '../core-link.ts'
import { plain, table } from '../table.ts'

/** `vault health [--breach-list FILE]`. */
export function addVaultHealth(vault: Command): void {
  vault
    .command('health')
    .description('list weak, reused, old, unused, expiring and breached secrets; what they are is not shown')
    .option('--breach-list <file>', 'hashes of breached passwords: HASH:COUNT, SHA-1 or NTLM, best ordered by hash')
    .action(async ({ breachList }: { breachList?: string }, command: Command) => {
      const context = contextOf(command)
      const list = breachList === undefined ? null : ({ kind: 'file', path: resolve(breachList) } as const)
      const result = await callCore(context, 'health.check', { breachList: list })
      context.print(result, wordsOf(result))
    })
}

function wordsOf({ items, found, breachList, useKnown }: HealthResult): string {
  const rows = found.map(({ id, name, kind, findings }) => [id, kind, name, findings.map(inWords).join('; ')])
  return [
    ...(rows.length === 0 ? [] : [table(['id', 'kind', 'name', 'what is not well'], rows), '']),
    `${found.length} of ${items} ${items === 1 ? 'item needs' : 'items need'} a look.`,
    breachList === null
      ? 'Not compared with breached passwords: give a list of their hashes with --breach-list.'
      : `Compared with ${plain(breachList.fileName)} (${breachList.hash}).`,
    ...(useKnown ? [] : ['What is unused is not known yet: the audit log does not reach back far enough.']),
  ].join('\n')
}

function inWords(finding: Finding): string {
  switch (finding.what) {
    case 'breached':
      return `breached, seen ${finding.count} times`
    case 'weak':
      return 'weak'
    case 'reused':
      return `the same in ${finding.items} items (group ${finding.group})`
    case 'due':
      return dueWords[finding.due](dayOf(finding.atMs))
    case 'old':
      return `not changed since ${dayHere(finding.sinceMs)}`
    case 'unused':
      return `not used for ${finding.days} days`
    case 'damaged':
      return 'does not open: run clawkeep vault doctor'
  }
}

const dueWords = {
  expired: (day: string) => `expired on ${day}`,
  'expires-soon': (day: string) => `expires on ${day}`,
  rotate: (day: string) => `to be changed since ${day}`,
  'rotate-soon': (day: string) => `to be changed by ${day}`,
} as const
