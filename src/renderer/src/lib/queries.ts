import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useCallback } from 'react'
import type { RouteInput, RouteName, RouteOutput, Topic } from '../../../shared/ipc/contract.ts'
import type { ApiKey } from '../../../shared/models/api-key.ts'
import type { Approval, Grant } from '../../../shared/models/approval.ts'
import type { Assistant } from '../../../shared/models/assistant.ts'
import type { Connection, Snippet } from '../../../shared/models/connection.ts'
import type { HealthView } from '../../../shared/models/health.ts'
import type { ImportProgress } from '../../../shared/models/import.ts'
import type { FileJob, ItemOverview, ItemVersion, ItemView, TrashedItem } from '../../../shared/models/item.ts'
import type { Policy } from '../../../shared/models/policy.ts'
import type { SignIn } from '../../../shared/models/sign-in.ts'
import type { ProviderView } from '../../../shared/models/provider.ts'
import type { Session } from '../../../shared/models/session.ts'
import type { Settings } from '../../../shared/models/settings.ts'
import type { Status } from '../../../shared/models/status.ts'
import type { Upkeep } from '../../../shared/models/upkeep.ts'
import type { TaskView } from '../../../shared/models/task.ts'
import { type Arguments, request, type RequestError } from './ipc.ts'

/** What every page shows around its content; works while locked. */
export function useStatus(): UseQueryResult<Status, RequestError> {
  return useQuery({ queryKey: ['status'], queryFn: () => request('status.get') })
}

/** When the next password may be tried, in epoch milliseconds, as the main process said last; 0: now. */
export function useFreeAtMs(): number {
  const { data, dataUpdatedAt } = useStatus()
  return data === undefined || data.throttledForMs === 0 ? 0 : dataUpdatedAt + data.throttledForMs
}

/** The person's choices; works while locked. */
export function useSettings(): UseQueryResult<Settings, RequestError> {
  return useQuery({ queryKey: ['settings'], queryFn: () => request('settings.get') })
}

/** The overviews of the vault's items, never their secrets. */
export function useItems(): UseQueryResult<ReadonlyArray<ItemOverview>, RequestError> {
  return useQuery({ queryKey: ['items'], queryFn: () => request('items.list') })
}

/** One item with the fields the person added and its files, never a hidden value; forgotten when nothing shows it. */
export function useItem(id: string): UseQueryResult<ItemView, RequestError> {
  return useQuery({ queryKey: ['items', 'one', id], queryFn: () => request('items.get', { id }), gcTime: 0 })
}

/** The earlier versions of an item, newest first: what changed, never a sealed value. */
export function useItemHistory(id: string): UseQueryResult<ReadonlyArray<ItemVersion>, RequestError> {
  return useQuery({ queryKey: ['items', 'history', id], queryFn: () => request('items.history', { id }) })
}

/** What was removed and can still come back, the last first. */
export function useTrash(): UseQueryResult<ReadonlyArray<TrashedItem>, RequestError> {
  return useQuery({ queryKey: ['items', 'trash'], queryFn: () => request('trash.list') })
}

/** The files that are being attached or saved now. */
export function useFileWork(): UseQueryResult<ReadonlyArray<FileJob>, RequestError> {
  return useQuery({ queryKey: ['files'], queryFn: () => request('files.work') })
}

/** The clients' API keys, revoked ones included. */
export function useApiKeys(): UseQueryResult<ReadonlyArray<ApiKey>, RequestError> {
  return useQuery({ queryKey: ['keys'], queryFn: () => request('keys.list') })
}

/** The programs that signed in, ended ones included. */
export function useSignIns(): UseQueryResult<ReadonlyArray<SignIn>, RequestError> {
  return useQuery({ queryKey: ['keys', 'sign-ins'], queryFn: () => request('signIns.list') })
}

/** The programs that are connected now. */
export function useSessions(): UseQueryResult<ReadonlyArray<Session>, RequestError> {
  return useQuery({ queryKey: ['sessions'], queryFn: () => request('sessions.list') })
}

/** All questions, pending and decided. */
export function useApprovals(): UseQueryResult<ReadonlyArray<Approval>, RequestError> {
  return useQuery({ queryKey: ['approvals'], queryFn: () => request('approvals.list') })
}

/** Standing answers, ended ones included. */
export function useGrants(): UseQueryResult<ReadonlyArray<Grant>, RequestError> {
  return useQuery({ queryKey: ['grants'], queryFn: () => request('grants.list') })
}

/** The assistants and how they are. */
export function useAssistants(): UseQueryResult<ReadonlyArray<Assistant>, RequestError> {
  return useQuery({ queryKey: ['assistants'], queryFn: () => request('assistants.list') })
}

const taskRefreshMs = 1_000

/** The tasks of all clients, oldest first; `live` counts the answers of those at work anew each second. */
export function useTasks({ live = false } = {}): UseQueryResult<ReadonlyArray<TaskView>, RequestError> {
  return useQuery({
    queryKey: ['tasks'],
    queryFn: () => request('tasks.list'),
    refetchInterval: ({ state }) =>
      live && state.data?.some((task) => task.state === 'running') === true && taskRefreshMs,
  })
}

const logRefreshMs = 2_000

/** The tail of an assistant's log; read again every two seconds while it is on the screen. */
export function useAssistantLogs(id: string, lines: number): UseQueryResult<ReadonlyArray<string>, RequestError> {
  return useQuery({
    queryKey: ['assistants', 'logs', id, lines],
    queryFn: () => request('assistants.logs', { id, lines }),
    refetchInterval: logRefreshMs,
  })
}

const importRefreshMs = 250

/** How far an import is; asked for again while one is under way. */
export function useImportProgress(wanted: boolean): UseQueryResult<ImportProgress, RequestError> {
  return useQuery({
    queryKey: ['import', 'progress'],
    queryFn: () => request('import.progress'),
    enabled: wanted,
    refetchInterval: importRefreshMs,
    gcTime: 0,
  })
}

/** The rules that answer instead of the person. */
export function usePolicy(): UseQueryResult<Policy, RequestError> {
  return useQuery({ queryKey: ['policy'], queryFn: () => request('policy.get') })
}

/** The programs that can be connected and how each stands; their settings are read anew when it comes on the screen. */
export function useConnections({ wanted = true } = {}): UseQueryResult<ReadonlyArray<Connection>, RequestError> {
  return useQuery({
    queryKey: ['connections'],
    queryFn: () => request('connect.list'),
    enabled: wanted,
    refetchOnMount: 'always',
  })
}

/** Ready text for every program, with a mark where the key belongs. */
export function useSnippets(): UseQueryResult<ReadonlyArray<Snippet>, RequestError> {
  return useQuery({ queryKey: ['status', 'snippets'], queryFn: () => request('connect.snippets') })
}

/** The server elsewhere that vouches for tokens; null when there is none. */
export function useProvider(): UseQueryResult<ProviderView | null, RequestError> {
  return useQuery({ queryKey: ['provider'], queryFn: () => request('provider.get') })
}

/** Whether this computer may open the vault, and why it cannot be set up. */
export function useQuickUnlock(): UseQueryResult<RouteOutput<'quickUnlock.get'>, RequestError> {
  return useQuery({ queryKey: ['status', 'quick-unlock'], queryFn: () => request('quickUnlock.get') })
}

export function useUpkeep(): UseQueryResult<Upkeep, RequestError> {
  return useQuery({ queryKey: ['upkeep'], queryFn: () => request('upkeep.get') })
}

/** How the check of all secrets stands, and its last result. */
export function useHealth(): UseQueryResult<HealthView, RequestError> {
  return useQuery({ queryKey: ['health'], queryFn: () => request('health.get') })
}

const changedBy: Readonly<Record<string, ReadonlyArray<Topic>>> = {
  vault: ['status', 'upkeep'],
  quickUnlock: ['status'],
  upkeep: ['upkeep'],
  items: ['items'],
  import: ['items'],
  trash: ['items'],
  files: ['items'],
  health: ['health'],
  keys: ['keys', 'connections'],
  connect: ['connections', 'keys'],
  signIns: ['keys'],
  sessions: ['sessions'],
  tasks: ['tasks'],
  approvals: ['approvals', 'grants', 'status'],
  grants: ['grants'],
  assistants: ['assistants'],
  engine: ['status', 'assistants'],
  policy: ['policy'],
  settings: ['settings', 'status', 'upkeep'],
  provider: ['provider'],
}

const changesNothing: ReadonlyArray<RouteName> = [
  'items.reveal',
  'vault.confirm',
  'items.copy',
  'items.code',
  'files.saveAs',
  'files.cancel',
  'clipboard.write',
  'audit.verify',
  'connect.plan',
  'vault.chooseBackup',
  'import.chooseFile',
  'import.chooseKeyFile',
  'import.preview',
  'import.cancel',
  'import.shredFile',
  'export.write',
  'export.cancel',
  'kit.save',
]

export type Action<R extends RouteName> = Pick<
  UseMutationResult<RouteOutput<R>, RequestError, RouteInput<R>>,
  'isPending' | 'error' | 'data' | 'reset'
> & {
  /** What comes after is called in any case, also when the part that asked has gone from the screen by then. */
  readonly mutate: (input: RouteInput<R>, after?: After<R>) => void
}

type After<R extends RouteName> = {
  readonly onSuccess?: (output: RouteOutput<R>) => void
  readonly onError?: (error: unknown) => void
}

/**
 * One route as something to do. It resolves when what it changed was asked for again, so a page never shows the old state
 * after the word "saved". The result is not kept in a cache: it may be a secret.
 */
export function useAction<R extends RouteName>(route: R): Action<R> {
  const client = useQueryClient()
  const { mutateAsync, isPending, error, data, reset } = useMutation<RouteOutput<R>, RequestError, RouteInput<R>>({
    mutationFn: (input) => request(route, ...([input] as Arguments<R>)),
    gcTime: 0,
    onError: ({ code }) => {
      // The wait counts wherever a password is asked for.
      if (code === 'throttled') void client.invalidateQueries({ queryKey: ['status'] })
    },
    onSuccess: async () => {
      if (changesNothing.includes(route)) return
      const changed = changedBy[route.slice(0, route.indexOf('.'))] ?? []
      await Promise.all(changed.map((topic) => client.invalidateQueries({ queryKey: [topic] })))
    },
  })
  const mutate = useCallback(
    (input: RouteInput<R>, after: After<R> = {}) => {
      // Without `onError` the part shows `error` itself.
      mutateAsync(input).then(after.onSuccess, after.onError ?? (() => undefined))
    },
    [mutateAsync],
  )
  return { mutate, isPending, error, data, reset }
}
