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

/** How a key came to be. */
export const keySourceWords: Readonly<Record<NonNullable<ApiKey['source']>, string>> = {
  window: 'In this window.',
  cli: 'On the command line.',
  import: 'Imported from a file.',
  connect: 'For a program that Clawkeep set up.',
}

/** The same for a list. */
export const keySourceShort: Readonly<Record<NonNullable<ApiKey['source']>, string>> = {
  window: 'made here',
  cli: 'command line',
  import: 'imported',
  connect: 'set up by Clawkeep',
}
