import { Ban, CircleCheck, type LucideIcon, TimerOff } from 'lucide-react'
import type { ApiKey } from '../../../../shared/models/api-key.ts'
import type { Tone } from '../../components/ui/badge.tsx'

/** How the states of a client's key are shown. */
export const keyLooks: Readonly<
  Record<ApiKey['state'], { readonly word: string; readonly icon: LucideIcon; readonly tone: Tone }>
> = {
  active: { word: 'Active', icon: CircleCheck, tone: 'ok' },
  expired: { word: 'Expired', icon: TimerOff, tone: 'neutral' },
  revoked: { word: 'Revoked', icon: Ban, tone: 'neutral' },
}
