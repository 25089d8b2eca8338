import type { Session } from '../../../../shared/models/session.ts'
import { visibleString } from '../../lib/visible-text.ts'

/** Programs name themselves, their versions and the tools they call. */
export const nameMaxChars = 60
export const versionMaxChars = 20

/** The key or sign-in that a program came with. */
export function holderOf({ clientName }: Session): string {
  return clientName === '' ? 'signed in elsewhere' : visibleString(clientName, nameMaxChars)
}
