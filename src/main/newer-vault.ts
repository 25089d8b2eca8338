import { AppError } from '../shared/app-error.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { ChangeGroup, ChangesSince } from './audit/vault-marks.ts'
import { readQuickUnlockFile, witnessIn } from './quick-unlock-file.ts'
import { reportBug } from './report-bug.ts'
import type { FindNewer } from './vault/older-vault.ts'

type Remembering = { readonly home: string; readonly audit: Pick<AuditLog, 'newestMark' | 'changesSince'> }

/**
 * Attack: an older vault file put back from outside, of the same epoch or an earlier one. The signed checkpoints of the audit log say
 * how often the vault had been written to, and so does the file of the quick unlock. A vault that is newer than they are was only
 * written to before its log could note it. Where nothing proves the counter of the file, whatever is remembered counts as newer.
 */
export function findNewerVault({ home, audit }: Remembering): FindNewer {
  return ({ counter, publicKey }) => {
    const inLog = orNull(() => audit.newestMark(publicKey))
    const inFile = publicKey === null ? null : orNull(() => witnessIn(readQuickUnlockFile(home), publicKey))
    const newest = [inLog, inFile]
      .filter((mark) => mark !== null)
      .toSorted((left, right) => right.counter - left.counter)[0]
    if (newest === undefined) return null
    if (counter === null) return { counter: newest.counter, refusal: unprovedVault() }
    if (newest.counter <= counter) return null
    const changes = (inLog?.counter ?? 0) > counter ? orNull(() => audit.changesSince(counter)) : null
    return { counter: newest.counter, refusal: olderVault(newest.atMs, changes) }
  }
}

function orNull<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    // A log that cannot be read says so itself.
    if (!(error instanceof AppError)) reportBug('what remembers the vault', error)
    return null
  }
}

const nouns: Readonly<Record<ChangeGroup, readonly [one: string, more: string]>> = {
  items: ['change of an item', 'changes of items'],
  clients: ['change of a client or its keys', 'changes of clients or their keys'],
  answers: ['answer or rule', 'answers or rules'],
  ways: ['change of a way in', 'changes of the ways in'],
  key: ['new vault key', 'new vault keys'],
}

function olderVault(newestAtMs: number, changes: ChangesSince | null): AppError {
  const what = [...(changes?.counts ?? [])].map(([group, count]) => `${count} ${nouns[group][count === 1 ? 0 : 1]}`)
  const until = inWords(changes?.lastAtMs ?? newestAtMs)
  const missing =
    changes === null
      ? `This computer remembers a newer one, of ${until}; the audit log is as old and cannot say what is missing.`
      : what.length === 0
        ? `The audit log knows a newer one, of ${until}.`
        : `By the audit log it lacks ${what.join(', ')}; the last on ${until}.`
  return new AppError('rolled_back', `The vault file is an older one: it was put back outside Clawkeep. ${missing}`, {
    hint: `Restore the newest backup. If you put the file back yourself, ${acceptance}`,
  })
}

function unprovedVault(): AppError {
  const message =
    'The vault file was changed outside Clawkeep, in what says how new it is. It may be an older one that was put back.'
  return new AppError('rolled_back', message, { hint: `Restore the newest backup. Else ${acceptance}` })
}

const acceptance =
  '`clawkeep unlock --accept-older` takes it as it is: what is missing stays missing, and what was revoked since works again.'

function inWords(atMs: number): string {
  return new Date(atMs).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
}
