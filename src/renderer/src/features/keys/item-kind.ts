import { KeyRound, type LucideIcon, NotebookText, SquareTerminal, Timer, UserRound } from 'lucide-react'
import { kindWords } from '../../../../shared/item-search.ts'
import type { ItemKind } from '../../../../shared/models/item.ts'

type KindLook = {
  readonly icon: LucideIcon
  readonly word: string
  readonly meaning: string
  /** One of it in a sentence: “Add a login”, and on a button: “Add login”. */
  readonly one: string
  readonly noun: string
  /** Many of it. */
  readonly many: string
  /** What the secret of this kind is called; null: it has none. */
  readonly secretName: string | null
  readonly userNameName: string
  /** What the notes are called: of a note they are all there is. */
  readonly notesName: string
  /** A name as an example. */
  readonly example: string
}

/** How the kinds of item are shown. */
export const kindLooks: Readonly<Record<ItemKind, KindLook>> = {
  'api-key': {
    icon: KeyRound,
    word: kindWords['api-key'],
    meaning: 'A token or key for a service. Assistants can ask to use it.',
    one: 'a key',
    noun: 'key',
    many: 'API keys',
    secretName: 'Key',
    userNameName: 'Account',
    notesName: 'Notes',
    example: 'GitHub token',
  },
  login: {
    icon: UserRound,
    word: kindWords.login,
    meaning: 'A user name and a password. Assistants can ask to use it.',
    one: 'a login',
    noun: 'login',
    many: 'Logins',
    secretName: 'Password',
    userNameName: 'User name',
    notesName: 'Notes',
    example: 'Mail account',
  },
  note: {
    icon: NotebookText,
    word: kindWords.note,
    meaning: 'A text and files, for you alone.',
    one: 'a note',
    noun: 'note',
    many: 'Secure notes',
    secretName: null,
    userNameName: 'Account',
    notesName: 'Note',
    example: 'Safe of the bank',
  },
  'ssh-key': {
    icon: SquareTerminal,
    word: kindWords['ssh-key'],
    meaning: 'A key pair for servers and Git, for you alone.',
    one: 'an SSH key',
    noun: 'SSH key',
    many: 'SSH keys',
    secretName: 'Private key',
    userNameName: 'Comment',
    notesName: 'Notes',
    example: 'Home server',
  },
  totp: {
    icon: Timer,
    word: kindWords.totp,
    meaning: 'The second step of a sign-in, for you alone.',
    one: 'one-time codes',
    noun: 'codes',
    many: 'One-time codes',
    secretName: null,
    userNameName: 'Account',
    notesName: 'Notes',
    example: 'Codes of the bank',
  },
}
