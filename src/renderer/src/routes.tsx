import { Bot, KeyRound, type LucideIcon, PlugZap, ScrollText, Settings2, ShieldQuestion } from 'lucide-react'
import { type ComponentType, lazy } from 'react'
import { ApprovalsPage } from './features/approvals/approvals-page.tsx'

export type PageRoute = {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  readonly Page: ComponentType
}

const AssistantsPage = lazy(async () => ({
  default: (await import('./features/assistants/assistants-page.tsx')).AssistantsPage,
}))
const KeysPage = lazy(async () => ({ default: (await import('./features/keys/keys-page.tsx')).KeysPage }))
const ClientsPage = lazy(async () => ({ default: (await import('./features/clients/clients-page.tsx')).ClientsPage }))
const AuditPage = lazy(async () => ({ default: (await import('./features/audit/audit-page.tsx')).AuditPage }))
const SettingsPage = lazy(async () => ({
  default: (await import('./features/settings/settings-page.tsx')).SettingsPage,
}))

/** The pages in the order of the rail and of Ctrl/Cmd+1 to 6. What comes after the path is the selected entry. */
export const pages: ReadonlyArray<PageRoute> = [
  { path: '/approvals', title: 'Approvals', icon: ShieldQuestion, Page: ApprovalsPage },
  { path: '/assistants', title: 'Assistants', icon: Bot, Page: AssistantsPage },
  { path: '/keys', title: 'Keys', icon: KeyRound, Page: KeysPage },
  { path: '/clients', title: 'Clients', icon: PlugZap, Page: ClientsPage },
  { path: '/audit', title: 'Audit', icon: ScrollText, Page: AuditPage },
  { path: '/settings', title: 'Settings', icon: Settings2, Page: SettingsPage },
]
