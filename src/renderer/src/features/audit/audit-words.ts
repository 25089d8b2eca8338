import {
  Archive,
  ArchiveRestore,
  FileInput,
  FileOutput,
  Bot,
  CircleHelp,
  DoorClosed,
  FileClock,
  FilePen,
  FlaskConical,
  Globe,
  HeartPulse,
  History,
  KeyRound,
  LifeBuoy,
  ListTodo,
  Lock,
  LockOpen,
  Paperclip,
  type LucideIcon,
  PlugZap,
  RefreshCw,
  Settings2,
  ShieldQuestion,
  Stamp,
  Timer,
  Trash2,
  Stethoscope,
  Unplug,
  Wrench,
} from 'lucide-react'
import type { AuditEntry, AuditKind } from '../../../../shared/models/audit.ts'

type KindLook = { readonly words: string; readonly icon: LucideIcon; readonly group: AuditGroup }

export type AuditGroup = 'vault' | 'keys' | 'clients' | 'requests' | 'approvals' | 'assistants' | 'settings'

/** What each kind of entry is about, as something done. */
export const kindLooks: Readonly<Record<AuditKind, KindLook>> = {
  'log.start': { words: 'Start the audit log', icon: FileClock, group: 'vault' },
  'log.join': { words: 'Join what was logged while locked', icon: FileClock, group: 'vault' },
  'vault.create': { words: 'Make the vault', icon: LockOpen, group: 'vault' },
  'vault.unlock': { words: 'Unlock the vault', icon: LockOpen, group: 'vault' },
  'vault.accept-older': { words: 'Open an older vault file as it is', icon: History, group: 'vault' },
  'vault.quick-unlock': { words: 'Unlock with this computer', icon: LockOpen, group: 'vault' },
  'vault.quick-unlock-on': { words: 'Let this computer unlock the vault', icon: LockOpen, group: 'vault' },
  'vault.quick-unlock-off': { words: 'End the unlock by this computer', icon: Lock, group: 'vault' },
  'vault.lock': { words: 'Lock the vault', icon: Lock, group: 'vault' },
  'vault.recover': { words: 'Open the vault with recovery words', icon: LifeBuoy, group: 'vault' },
  'vault.import': { words: 'Import items from a file', icon: FileInput, group: 'vault' },
  'vault.export': { words: 'Export the items to a file', icon: FileOutput, group: 'vault' },
  'vault.confirm-words': { words: 'Say that the recovery words are on paper', icon: LifeBuoy, group: 'vault' },
  'vault.renew-words': { words: 'Make new recovery words', icon: LifeBuoy, group: 'vault' },
  'vault.save-kit': { words: 'Save the recovery words as a PDF', icon: LifeBuoy, group: 'vault' },
  'vault.confirm': { words: 'Give the password again', icon: LockOpen, group: 'vault' },
  'vault.remove-words': { words: 'End the recovery words', icon: LifeBuoy, group: 'vault' },
  'vault.change-password': { words: 'Change the password', icon: LockOpen, group: 'vault' },
  'vault.calibrate': { words: 'Make guessing costlier', icon: LockOpen, group: 'vault' },
  'vault.rotate': { words: 'Give the vault a new key', icon: RefreshCw, group: 'vault' },
  'vault.backup': { words: 'Back up the vault', icon: Archive, group: 'vault' },
  'vault.restore': { words: 'Restore a backup', icon: ArchiveRestore, group: 'vault' },
  'vault.check': { words: 'Check the whole vault', icon: Stethoscope, group: 'vault' },
  'vault.health': { words: 'Check the health of all secrets', icon: HeartPulse, group: 'vault' },
  'item.add': { words: 'Add a key', icon: KeyRound, group: 'keys' },
  'item.edit': { words: 'Change a key', icon: KeyRound, group: 'keys' },
  'item.remove': { words: 'Put a key into the trash', icon: Trash2, group: 'keys' },
  'item.reveal': { words: 'Reveal a key', icon: KeyRound, group: 'keys' },
  'item.copy': { words: 'Copy a key', icon: KeyRound, group: 'keys' },
  'item.code': { words: 'Show a one-time code', icon: Timer, group: 'keys' },
  'item.restore-version': { words: 'Restore an earlier version of a key', icon: History, group: 'keys' },
  'item.restore': { words: 'Take a key out of the trash', icon: ArchiveRestore, group: 'keys' },
  'item.erase': { words: 'Erase keys for good', icon: Trash2, group: 'keys' },
  'file.attach': { words: 'Attach a file to a key', icon: Paperclip, group: 'keys' },
  'file.save': { words: 'Save an attached file', icon: Paperclip, group: 'keys' },
  'file.remove': { words: 'Erase an attached file', icon: Paperclip, group: 'keys' },
  'key.create': { words: 'Make a client’s key', icon: PlugZap, group: 'clients' },
  'key.revoke': { words: 'Revoke a client’s key', icon: PlugZap, group: 'clients' },
  'connection.add': { words: 'Write a program’s settings', icon: FilePen, group: 'clients' },
  'connection.repair': { words: 'Repair a program’s settings', icon: FilePen, group: 'clients' },
  'connection.undo': { words: 'Undo a program’s settings', icon: FilePen, group: 'clients' },
  'connection.test': { words: 'Test a connection', icon: FlaskConical, group: 'clients' },
  'key.rotate': { words: 'Give a client a new key', icon: PlugZap, group: 'clients' },
  'key.import': { words: 'Import the keys of clients', icon: PlugZap, group: 'clients' },
  'client.refused': { words: 'Turn a client away', icon: DoorClosed, group: 'clients' },
  'client.disconnect': { words: 'Disconnect a program', icon: Unplug, group: 'clients' },
  'client.register': { words: 'A program registers', icon: PlugZap, group: 'clients' },
  'client.sign-in': { words: 'Sign a program in', icon: PlugZap, group: 'clients' },
  'client.refresh': { words: 'Renew a sign-in', icon: PlugZap, group: 'clients' },
  'client.sign-out': { words: 'Sign a program out', icon: PlugZap, group: 'clients' },
  'tool.call': { words: 'Call a tool', icon: Wrench, group: 'requests' },
  'egress.request': { words: 'Send a request', icon: Globe, group: 'requests' },
  'approval.ask': { words: 'Ask you', icon: CircleHelp, group: 'approvals' },
  'approval.decide': { words: 'Answer a question', icon: ShieldQuestion, group: 'approvals' },
  'grant.revoke': { words: 'Revoke a grant', icon: Stamp, group: 'approvals' },
  'assistant.create': { words: 'Create an assistant', icon: Bot, group: 'assistants' },
  'assistant.start': { words: 'Start an assistant', icon: Bot, group: 'assistants' },
  'assistant.stop': { words: 'Stop an assistant', icon: Bot, group: 'assistants' },
  'assistant.remove': { words: 'Remove an assistant', icon: Bot, group: 'assistants' },
  'assistant.exit': { words: 'An assistant ended', icon: Bot, group: 'assistants' },
  'task.cancel': { words: 'Cancel a task', icon: ListTodo, group: 'assistants' },
  'policy.set': { words: 'Change the rules', icon: Settings2, group: 'settings' },
  'settings.set': { words: 'Change the settings', icon: Settings2, group: 'settings' },
}

/** The groups one can filter by, with their words. */
export const groupWords: Readonly<Record<AuditGroup, string>> = {
  requests: 'Requests and tools',
  approvals: 'Approvals and grants',
  vault: 'Vault and log',
  keys: 'Keys',
  clients: 'Clients',
  assistants: 'Assistants',
  settings: 'Rules and settings',
}

/** The kinds of a group. */
export function kindsOf(group: AuditGroup): ReadonlyArray<AuditKind> {
  return (Object.keys(kindLooks) as ReadonlyArray<AuditKind>).filter((kind) => kindLooks[kind].group === group)
}

const outcomeWords: Readonly<Record<NonNullable<AuditEntry['outcome']>, string>> = {
  ok: 'Done',
  failed: 'Failed',
  refused: 'Refused',
  cancelled: 'Cancelled',
}

const decisionWords: Readonly<Record<NonNullable<AuditEntry['decision']>, string>> = {
  allow: 'Allowed',
  deny: 'Denied',
  ask: 'Asked',
  expire: 'Expired',
  cancel: 'Cancelled',
}

/** How it ended, in a word; null when there is nothing to say. A decision is said by what was decided. */
export function endWords(facts: AuditEntry): string | null {
  if (facts.kind === 'approval.decide' && facts.decision !== undefined) return decisionWords[facts.decision]
  if (facts.outcome !== undefined) return outcomeWords[facts.outcome]
  return facts.decision === undefined ? null : decisionWords[facts.decision]
}

/** The word for a decision. */
export function decisionWord(decision: NonNullable<AuditEntry['decision']>): string {
  return decisionWords[decision]
}

/** The word for an outcome. */
export function outcomeWord(outcome: NonNullable<AuditEntry['outcome']>): string {
  return outcomeWords[outcome]
}
