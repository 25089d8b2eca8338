import { useEffect, useState } from 'react'
import type { RouteInput } from '../../../../shared/ipc/contract.ts'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

const shownForMs = 30_000

type Revealed = {
  /** The value in the clear; null while it is covered. */
  readonly value: string | null
  readonly busy: boolean
  readonly show: () => void
  readonly cover: () => void
}

/**
 * One sealed part, opened on demand and covered again after 30 s, and when `state` changes: then it may not be the value any more. The
 * value lives in the part that asked alone and goes with it.
 */
export function useRevealed(part: RouteInput<'items.reveal'>, state?: number): Revealed {
  const [value, setValue] = useState<string | null>(null)
  const reveal = useAction('items.reveal')
  useEffect(() => {
    if (value === null) return
    const timer = setTimeout(() => setValue(null), shownForMs)
    return () => clearTimeout(timer)
  }, [value])
  useEffect(() => setValue(null), [state])
  const show = () =>
    reveal.mutate(part, {
      onSuccess: (revealed) => {
        setValue(revealed)
        // Or a second copy would outlive the 30 s.
        reveal.reset()
      },
      onError: sayProblem,
    })
  return { value, busy: reveal.isPending, show, cover: () => setValue(null) }
}
