import { useEffect, useState } from 'react'
import type { ItemOverview, TotpCode } from '../../../../shared/models/item.ts'
import { request, RequestError, requestUnasked, toRequestError } from '../../lib/ipc.ts'

/** So that the clock of the core has passed the end as well, and a clock that was set back makes no flood of requests. */
const shortestWaitMs = 250

type ShownCode = {
  readonly code: TotpCode | null
  /** Why there is no code any more, or none yet. */
  readonly error: RequestError | null
  readonly busy: boolean
  readonly show: () => void
  readonly hide: () => void
}

/**
 * The one-time code once it was asked for, the next one whenever its time is over. It is covered again when the core wants the
 * password anew: what goes by itself never asks the person for anything.
 */
export function useCode({ id, revision }: ItemOverview): ShownCode {
  const [code, setCode] = useState<TotpCode | null>(null)
  const [error, setError] = useState<RequestError | null>(null)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    if (code === null) return
    let gone = false
    const renew = async (): Promise<void> => {
      const next = await requestUnasked('items.code', { id }).catch(toRequestError)
      if (gone) return
      const failed = next instanceof RequestError
      setCode(failed ? null : next)
      setError(failed ? next : null)
    }
    const leftMs = Math.max(code.validUntilMs - Date.now(), 0)
    const timer = setTimeout(() => void renew(), leftMs + shortestWaitMs)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [code, id])
  // Another seed makes other codes.
  useEffect(() => setCode(null), [revision])

  const show = () => {
    setBusy(true)
    setError(null)
    request('items.code', { id })
      .then(setCode, (cause: unknown) => {
        const failed = toRequestError(cause)
        setError(failed.code === 'cancelled' ? null : failed)
      })
      .finally(() => setBusy(false))
  }
  return { code, error, busy, show, hide: () => setCode(null) }
}
