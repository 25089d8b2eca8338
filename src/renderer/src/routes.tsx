import { Bot, KeyRound, type LucideIcon, PlugZap, ScrollText, Settings2, ShieldQuestion } from 'lucide-react'
import { type ComponentType, lazy } from 'react'
import { ApprovalsPage } from './features/approvals/approvals-page.tsx'

export type PageRoute = {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  readonly Page: ComponentType
}

const loadAssistants = () => import('./features/assistants/assistants-page.tsx')
const loadKeys = () => import('./features/keys/keys-page.tsx')
const loadClients = () => import('./features/clients/clients-page.tsx')
const loadAudit = () => import('./features/audit/audit-page.tsx')
const loadSettings = () => import('./features/settings/settings-page.tsx')

const AssistantsPage = lazy(async () => ({ default: (await loadAssistants()).AssistantsPage }))
const KeysPage = lazy(async () => ({ default: (await loadKeys()).KeysPage }))
const ClientsPage = lazy(async () => ({ default: (await loadClients()).ClientsPage }))
const AuditPage = lazy(async () => ({ default: (await loadAudit()).AuditPage }))
const SettingsPage = lazy(async () => ({ default: (await loadSettings()).SettingsPage }))

/** Loads the pages that are not there yet, so that going to one shows it at once. A page that fails now is tried again then. */
export function loadPages(): void {
  for (const load of [loadKeys, loadAssistants, loadClients, loadAudit, loadSettings])
    void load().catch(() => undefined)
}

/** The pages in the order of the rail and of Ctrl/Cmd+1 to 6. What comes after the path is the selected entry. */
export const pages: ReadonlyArray<PageRoute> = [
  { path: '/approvals', title: 'Approvals', icon: ShieldQuestion, Page: ApprovalsPage },
  { path: '/assistants', title: 'Assistants', icon: Bot, Page: AssistantsPage },
  { path: '/keys', title: 'Keys', icon: KeyRound, Page: KeysPage },
  { path: '/clients', title: 'Clients', icon: PlugZap, Page: ClientsPage },
  { path: '/audit', title: 'Audit', icon: ScrollText, Page: AuditPage },
  { path: '/settings', title: 'Settings', icon: Settings2, Page: SettingsPage },
]
