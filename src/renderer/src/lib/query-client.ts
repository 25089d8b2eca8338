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

const settleMs = 100

/**
 * Fetches again what an event names; every query key starts with its topic. The first event of a topic is followed at once,
 * more within 100 ms together, so that a busy log does not keep the window busy. Returns the function that ends it.
 */
export function followChanges(client: QueryClient): () => void {
  const settling = new Map<string, { again: boolean }>()
  const follow = (topic: string) => {
    const before = settling.get(topic)
    if (before !== undefined) {
      before.again = true
      return
    }
    const turn = { again: false }
    settling.set(topic, turn)
    void client.invalidateQueries({ queryKey: [topic] })
    setTimeout(() => {
      settling.delete(topic)
      if (turn.again) follow(topic)
    }, settleMs)
  }
  return window.clawkeep?.subscribe(follow) ?? (() => undefined)
}

const openWhileLocked: ReadonlyArray<Topic> = ['status', 'settings']

/** Forgets everything that was read from the open vault. */
export function forgetVault(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => !openWhileLocked.includes(query.queryKey[0] as Topic) })
  client.getMutationCache().clear()
}
