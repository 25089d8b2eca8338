import { Ban, CircleCheck, CircleSlash, Hourglass, type LucideIcon, TimerOff } from 'lucide-react'
import type { Approval, ApprovalState } from '../../../../shared/models/approval.ts'
import { Badge, type Tone } from '../../components/ui/badge.tsx'

type Look = { readonly word: string; readonly icon: LucideIcon; readonly tone: Tone }

/** How the states of an approval are shown. */
export const approvalLooks: Readonly<Record<ApprovalState, Look>> = {
  pending: { word: 'Waiting', icon: Hourglass, tone: 'wait' },
  allowed: { word: 'Allowed', icon: CircleCheck, tone: 'ok' },
  denied: { word: 'Denied', icon: Ban, tone: 'danger' },
  expired: { word: 'Expired', icon: TimerOff, tone: 'neutral' },
  cancelled: { word: 'Cancelled', icon: CircleSlash, tone: 'neutral' },
}

/** The state of an approval as a badge. */
export function ApprovalBadge({ state }: { readonly state: ApprovalState }) {
  const { word, icon, tone } = approvalLooks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
}

/** Who decided, and where. */
export function deciderWords(approval: Approval): string {
  if (approval.decidedBy === 'window') return 'by you, in the window'
  if (approval.decidedBy === 'cli') return 'by you, on the command line'
  return 'by Clawkeep'
}
