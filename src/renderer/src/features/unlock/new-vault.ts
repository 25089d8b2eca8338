import { useState } from 'react'
import type { RequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'

/** A vault on its way: it is open before its person has seen the recovery words, and they are shown only once. */
export type NewVault = {
  readonly make: (password: string) => void
  readonly making: boolean
  readonly error: RequestError | null
  /** The recovery words until the person says that they are on paper. */
  readonly words: string | null
  readonly confirm: () => void
  readonly confirming: boolean
}

export function useNewVault(): NewVault {
  const [words, setWords] = useState<string | null>(null)
  const [making, setMaking] = useState(false)
  const create = useAction('vault.create')
  const confirm = useAction('vault.confirmWords')
  const done = () => {
    setWords(null)
    create.reset()
  }
  return {
    make: (password) => {
      setMaking(true)
      create.mutate(
        { password },
        {
          onSuccess: ({ recoveryWords }) => {
            setWords(recoveryWords)
            setMaking(false)
          },
          onError: () => setMaking(false),
        },
      )
    },
    making,
    error: making ? null : create.error,
    words,
    // What cannot be kept now is asked again at the pages, so nobody is held here by it.
    confirm: () => confirm.mutate(undefined, { onSuccess: done, onError: done }),
    confirming: confirm.isPending,
  }
}
