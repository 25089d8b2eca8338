import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { RequestError } from '../../lib/ipc.ts'
import { Button } from './button.tsx'
import { Problem } from './problem.tsx'
import { Waiting } from './waiting.tsx'

type LoadedProps<T> = {
  readonly query: UseQueryResult<T, RequestError>
  /** What is being read, for the wait: “Reading the keys”. */
  readonly what: string
  readonly children: (data: T) => ReactNode
}

/** Shows what a query brought, or the wait for it, or why it failed with a way to try again. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error === null) return <Waiting what={what} />
  return (
    <div className="flex flex-1 items-center justify-center p-8">
      <Problem error={query.error} className="w-full max-w-110">
        <Button size="sm" off={query.isFetching} onClick={() => void query.refetch()}>
          Try again
        </Button>
      </Problem>
    </div>
  )
}
