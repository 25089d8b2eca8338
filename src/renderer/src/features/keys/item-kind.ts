import { KeyRound, type LucideIcon, UserRound } from 'lucide-react'
import type { ItemKind } from '../../../../shared/models/item.ts'

type KindLook = {
  readonly icon: LucideIcon
  readonly word: string
  readonly meaning: string
  /** What the secret of this kind is called. */
  readonly secretName: string
  readonly userNameName: string
}

/** How the kinds of item are shown. */
export const kindLooks: Readonly<Record<ItemKind, KindLook>> = {
  'api-key': {
    icon: KeyRound,
    word: 'API key',
    meaning: 'A token or key for a service',
    secretName: 'Key',
    userNameName: 'Account',
  },
  login: {
    icon: UserRound,
    word: 'Login',
    meaning: 'A user name and a password',
    secretName: 'Password',
    userNameName: 'User name',
  },
}
