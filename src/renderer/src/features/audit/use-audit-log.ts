import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { RouteInput, RouteOutput } from '../../../../shared/ipc/contract.ts'
import type { AuditEntry } from '../../../../shared/models/audit.ts'
import { request, type RequestError, toRequestError } from '../../lib/ipc.ts'

export type AuditWish = Omit<RouteInput<'audit.list'>, 'before' | 'limit'>

export type AuditView = {
  /** Newest first, without gaps. */
  readonly entries: ReadonlyArray<AuditEntry>
  /** How many entries fit the wish, loaded or not. */
  readonly total: number
  readonly pending: boolean
  readonly error: RequestError | null
  readonly retry: () => void
  readonly loadOlder: () => void
}

type Known = { readonly entries: ReadonlyArray<AuditEntry>; readonly nextBefore: number | null }

const pageEntries = 200
const nothing: Known = { entries: [], nextBefore: null }

/**
 * The log as far as it was scrolled. Entries never change, so only the newest page is fetched again when the log grows; older
 * ones are fetched once. `wish` must be the same object as long as it means the same.
 */
export function useAuditLog(wish: AuditWish): AuditView {
  const head: UseQueryResult<RouteOutput<'audit.list'>, RequestError> = useQuery({
    queryKey: ['audit', 'head', wish],
    queryFn: () => request('audit.list', { ...wish, limit: pageEntries }),
  })
  const [kept, setKept] = useState<{ readonly wish: AuditWish; readonly known: Known }>({ wish, known: nothing })
  // What was loaded for another wish does not belong to this one.
  const known = kept.wish === wish ? kept.known : nothing
  const [olderError, setOlderError] = useState<RequestError | null>(null)
  const loading = useRef(false)

  useEffect(() => {
    const page = head.data
    if (page !== undefined)
      setKept((before) => ({ wish, known: before.wish === wish ? joinHead(before.known, page) : page }))
  }, [head.data, wish])

  const { nextBefore } = known
  const loadOlder = useCallback(() => {
    if (loading.current || nextBefore === null) return
    loading.current = true
    request('audit.list', { ...wish, before: nextBefore, limit: pageEntries })
      .then((page) =>
        setKept((now) => {
          if (now.wish !== wish || now.known.nextBefore !== nextBefore) return now
          return { wish, known: { entries: [...now.known.entries, ...page.entries], nextBefore: page.nextBefore } }
        }),
      )
      .catch((error: unknown) => setOlderError(toRequestError(error)))
      .finally(() => {
        loading.current = false
      })
  }, [nextBefore, wish])

  return useMemo(
    () => ({
      entries: known.entries,
      total: head.data?.total ?? 0,
      pending: head.isPending,
      error: head.error ?? olderError,
      retry: () => {
        setOlderError(null)
        void head.refetch()
      },
      loadOlder,
    }),
    [known, head, olderError, loadOlder],
  )
}

/** Puts a new first page before what is known; when so much came that they do not meet, the page replaces all. */
export function joinHead(known: Known, page: Known): Known {
  const newestKnown = known.entries[0]
  const oldestNew = page.entries.at(-1)
  if (newestKnown === undefined || oldestNew === undefined) return page
  if (oldestNew.index > newestKnown.index && page.nextBefore !== null) return page
  const fresh = page.entries.filter((entry) => entry.index > newestKnown.index)
  return { entries: [...fresh, ...known.entries], nextBefore: known.nextBefore }
}
