import { KeyRound, type LucideIcon, NotebookText, SquareTerminal, Timer, UserRound } from 'lucide-react'
import { kindWords } from '../../../../shared/item-search.ts'
import type { ItemKind } from '../../../../shared/models/item.ts'

type KindLook = {
  readonly icon: LucideIcon
  readonly word: string
  readonly meaning: string
  /** What the secret of this kind is called; null: it has none. */
  readonly secretName: string | null
  readonly userNameName: string
}

/** How the kinds of item are shown. */
export const kindLooks: Readonly<Record<ItemKind, KindLook>> = {
  'api-key': {
    icon: KeyRound,
    word: kindWords['api-key'],
    meaning: 'A token or key for a service',
    secretName: 'Key',
    userNameName: 'Account',
  },
  login: {
    icon: UserRound,
    word: kindWords.login,
    meaning: 'A user name and a password',
    secretName: 'Password',
    userNameName: 'User name',
  },
  note: {
    icon: NotebookText,
    word: kindWords.note,
    meaning: 'A text and files',
    secretName: null,
    userNameName: 'Account',
  },
  'ssh-key': {
    icon: SquareTerminal,
    word: kindWords['ssh-key'],
    meaning: 'A key pair for servers and Git',
    secretName: 'Private key',
    userNameName: 'Comment',
  },
  totp: {
    icon: Timer,
    word: kindWords.totp,
    meaning: 'The second step of a sign-in',
    secretName: null,
    userNameName: 'Account',
  },
}
