import {
  Bot,
  Copy,
  HeartPulse,
  KeyRound,
  ListTodo,
  Lock,
  type LucideIcon,
  Moon,
  Plus,
  PlugZap,
  Sun,
  SunMoon,
  Trash2,
} from 'lucide-react'
import { useMemo } from 'react'
import type { SearchTexts } from '../../../shared/search.ts'
import { sayDone, sayProblem } from '../components/ui/toasts.ts'
import { request } from '../lib/ipc.ts'
import { useApiKeys, useAssistants, useItems } from '../lib/queries.ts'
import { visibleString } from '../lib/visible-text.ts'
import { pages } from '../routes.tsx'

export type Command = {
  readonly id: string
  readonly name: string
  /** What sort of thing it is, shown at the right. */
  readonly group: string
  readonly icon: LucideIcon
  readonly run: () => void
}

type Reach = { readonly go: (path: string) => void; readonly lock: () => void; readonly mcpUrl: string | null }

const nameMaxChars = 80

/** Everything the palette can do now: pages, acts, and each key, client and assistant by name. */
export function useCommands({ go, lock, mcpUrl }: Reach): ReadonlyArray<Command> {
  const items = useItems().data
  const clients = useApiKeys().data
  const assistants = useAssistants().data
  return useMemo(() => {
    const command = (id: string, name: string, group: string, icon: LucideIcon, run: () => void): Command => ({
      id,
      name,
      group,
      icon,
      run,
    })
    const theme = (value: 'system' | 'light' | 'dark') => () =>
      void request('settings.set', { theme: value }).catch(sayProblem)
    return [
      ...pages.map(({ path, title, icon }) => command(path, title, 'Page', icon, () => go(path))),
      command('add-key', 'Add a key', 'Do', Plus, () => go('/keys/new')),
      command('connect', 'Connect a program', 'Do', PlugZap, () => go('/clients')),
      command('add-client', 'Make a key for a client', 'Do', Plus, () => go('/clients/new')),
      command('add-assistant', 'New assistant', 'Do', Plus, () => go('/assistants/new')),
      command('lock', 'Lock now', 'Do', Lock, lock),
      ...(mcpUrl === null
        ? []
        : [
            command('copy-url', 'Copy the MCP address', 'Do', Copy, () => {
              request('clipboard.write', { text: mcpUrl }).then(() => sayDone('MCP address copied', mcpUrl), sayProblem)
            }),
          ]),
      command('history', 'History of answers', 'Page', pages[0]?.icon ?? Lock, () => go('/approvals/history')),
      command('grants', 'Grants', 'Page', pages[0]?.icon ?? Lock, () => go('/approvals/grants')),
      command('health', 'Health of the secrets', 'Page', HeartPulse, () => go('/keys/health')),
      command('trash', 'Trash', 'Page', Trash2, () => go('/keys/trash')),
      command('tasks', 'Tasks', 'Page', ListTodo, () => go('/assistants/tasks')),
      command('theme-light', 'Light theme', 'Do', Sun, theme('light')),
      command('theme-dark', 'Dark theme', 'Do', Moon, theme('dark')),
      command('theme-system', 'Theme of the system', 'Do', SunMoon, theme('system')),
      ...(assistants ?? []).map(({ id, name }) => command(id, name, 'Assistant', Bot, () => go(`/assistants/${id}`))),
      ...(items ?? []).map(({ id, name }) =>
        command(id, visibleString(name, nameMaxChars), 'Key', KeyRound, () => go(`/keys/${id}`)),
      ),
      ...(clients ?? []).map(({ id, name }) =>
        command(id, visibleString(name, nameMaxChars), 'Client', PlugZap, () => go(`/clients/${id}`)),
      ),
    ]
  }, [items, clients, assistants, go, lock, mcpUrl])
}

/** What the palette finds a command by. */
export function commandTexts({ name, group }: Command): SearchTexts {
  return { name, more: [group] }
}
