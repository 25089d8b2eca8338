import {
  CalendarClock,
  CopyX,
  FileWarning,
  Hourglass,
  type LucideIcon,
  ShieldAlert,
  TriangleAlert,
  UserX,
} from 'lucide-react'
import type { Finding, FindingKind } from '../../../../shared/models/health.ts'
import type { Tone } from '../../components/ui/badge.tsx'
import { calendarDate, count } from '../../lib/format.ts'
import { dueWords } from '../keys/due-badge.tsx'

type FindingLook = {
  readonly icon: LucideIcon
  readonly word: string
  readonly tone: Tone
  /** What the person can do about it. */
  readonly advice: string
}

/** How what was found is shown, the most pressing first. */
export const findingLooks: Readonly<Record<FindingKind, FindingLook>> = {
  damaged: {
    icon: FileWarning,
    word: 'Damaged',
    tone: 'danger',
    advice: 'Check the vault in Settings: it says what does not open, and how to get it back from a backup.',
  },
  breached: {
    icon: ShieldAlert,
    word: 'Breached',
    tone: 'danger',
    advice: 'Change it where it is used, as soon as you can: whoever guesses begins with such a list.',
  },
  weak: {
    icon: TriangleAlert,
    word: 'Weak',
    tone: 'danger',
    advice: 'Let Clawkeep generate a new one, and change it where it is used.',
  },
  reused: {
    icon: CopyX,
    word: 'Reused',
    tone: 'wait',
    advice: 'Give each its own: when one of these places loses it, all of them are open.',
  },
  due: {
    icon: CalendarClock,
    word: 'Due',
    tone: 'wait',
    advice: 'Renew it where it comes from, then put the new one and its new date here.',
  },
  old: {
    icon: Hourglass,
    word: 'Old',
    tone: 'neutral',
    advice: 'Change it when you can. What is old was in more places than anybody remembers.',
  },
  unused: {
    icon: UserX,
    word: 'Unused',
    tone: 'neutral',
    advice: 'If it is not needed any more, end it where it comes from, and remove it here.',
  },
}

export const findingKinds = Object.keys(findingLooks) as ReadonlyArray<FindingKind>

/** What was found, in a short sentence. */
export function findingWords(finding: Finding, nowMs: number): string {
  switch (finding.what) {
    case 'damaged':
      return 'It does not open'
    case 'breached':
      return `Seen ${count(finding.count, 'time')} in breaches`
    case 'weak':
      return 'It can be guessed'
    case 'reused':
      return `The same in ${count(finding.items, 'key')}`
    case 'due':
      return dueWords({ due: finding.due, expiresAtMs: finding.atMs, rotateByMs: finding.atMs }, nowMs) ?? 'Due'
    case 'old':
      return `Not changed since ${calendarDate(finding.sinceMs, nowMs)}`
    case 'unused':
      return `Not used for ${finding.days} days`
  }
}

/** The place of the most pressing of some findings. */
export function urgency(findings: ReadonlyArray<Finding>): number {
  return Math.min(...findings.map(({ what }) => findingKinds.indexOf(what)))
}
