import { QueryClient } from '@tanstack/react-query'
import type { Topic } from '../../../shared/ipc/contract.ts'

/**
 * Answers stay valid until an event says that they changed. `networkMode: always` because the other end is the main
 * process: without it everything would pause when the machine is offline.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
      mutations: { networkMode: 'always' },
    },
  })
}

/** Fetches again what an event names. Every query key starts with its topic. Returns the function that ends it. */
export function followChanges(client: QueryClient): () => void {
  const end = window.clawkeep?.subscribe((topic) => {
    void client.invalidateQueries({ queryKey: [topic] })
  })
  return end ?? (() => undefined)
}

const openWhileLocked: ReadonlyArray<Topic> = ['status', 'settings']

/** Forgets everything that was read from the open vault. */
export function forgetVault(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => !openWhileLocked.includes(query.queryKey[0] as Topic) })
  client.getMutationCache().clear()
}
