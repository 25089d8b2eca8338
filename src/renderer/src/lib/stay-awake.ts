import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { request } from './ipc.ts'

const reportEveryMs = 30_000

/** Tells the main process, at most every 30 s, that the person is there; only real input counts, not that of scripts. */
export function useStayAwake(): void {
  const client = useQueryClient()
  useEffect(() => {
    let reportedAtMs = Number.NEGATIVE_INFINITY
    const report = (event: Event) => {
      if (!event.isTrusted || performance.now() - reportedAtMs < reportEveryMs) return
      reportedAtMs = performance.now()
      request('vault.stayAwake').then(
        () => client.invalidateQueries({ queryKey: ['status'] }),
        () => undefined,
      )
    }
    const inputs = ['pointerdown', 'keydown', 'wheel'] as const
    for (const input of inputs) window.addEventListener(input, report, { passive: true, capture: true })
    return () => {
      for (const input of inputs) window.removeEventListener(input, report, { capture: true })
    }
  }, [client])
}
