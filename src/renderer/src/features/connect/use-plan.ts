import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { RouteInput } from '../../../../shared/ipc/contract.ts'
import type { ConnectionPlan } from '../../../../shared/models/connection.ts'
import { request, type RequestError } from '../../lib/ipc.ts'

/** The exact change as the settings are now; worked out anew whenever it comes on the screen or they change. */
export function usePlan(
  input: RouteInput<'connect.plan'>,
  { wanted }: { readonly wanted: boolean },
): UseQueryResult<ConnectionPlan, RequestError> {
  return useQuery({
    queryKey: ['connections', 'plan', input],
    queryFn: () => request('connect.plan', input),
    enabled: wanted,
    refetchOnMount: 'always',
    // Ticking a scope must not make the page jump.
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
}
