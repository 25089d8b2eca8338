import type { Status } from '../../shared/models/status.ts'
import type { Settings } from '../../shared/models/settings.ts'
import type { Assistant } from '../../shared/models/assistant.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Router } from '../ipc/router.ts'

/** What the shell looks at of the core. */
export type WatchedCore = {
  readonly events: ChangeEvents
  status(): Pick<Status, 'vault' | 'pendingApprovals' | 'dueItems'>
  readonly settings: { get(): Pick<Settings, 'theme' | 'notifications'> }
}

/** What the shell does about it. */
export type CoreReactions = {
  /** The vault went from unlocked to anything else: the page must be emptied. */
  onLocked(): void
  onTheme(theme: Settings['theme']): void
  /** Called at once and with every change. */
  onState(state: { pending: number; vault: Status['vault'] }): void
  /** So many items expired, are to be changed, or soon will be. Called with every change while there are any. */
  onDue(count: number): void
}

/** Turns the core's announcements into what the window, tray and notifications do. Returns the function that ends it. */
export function followCore(core: WatchedCore, reactions: CoreReactions): () => void {
  let vault = core.status().vault
  const look = (): void => {
    const status = core.status()
    const before = vault
    vault = status.vault
    if (before === 'unlocked' && vault !== 'unlocked') reactions.onLocked()
    if (status.dueItems > 0) reactions.onDue(status.dueItems)
    reactions.onState({ pending: status.pendingApprovals, vault })
  }
  const end = core.events.on((topic) => {
    if (topic === 'status' || topic === 'approvals') look()
    if (topic === 'settings') reactions.onTheme(core.settings.get().theme)
  })
  reactions.onTheme(core.settings.get().theme)
  look()
  return end
}

/** Says whether a container runs now; false while the vault is locked and nothing can be known. */
export async function isAssistantRunning({ router }: { readonly router: Router }): Promise<boolean> {
  const answer = await router.call('assistants.list', null, { kind: 'window' })
  return answer.ok && (answer.value as ReadonlyArray<Assistant>).some((assistant) => assistant.state === 'running')
}
