import { useState } from 'react'
import type { RequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'

/** A vault on its way: it is open before its person has seen the recovery words, and they are shown only once. */
export type NewVault = {
  readonly make: (password: string) => void
  readonly making: boolean
  readonly error: RequestError | null
  /** The recovery words until the person is done with them. */
  readonly words: string | null
  readonly done: () => void
}

export function useNewVault(): NewVault {
  const [words, setWords] = useState<string | null>(null)
  const [making, setMaking] = useState(false)
  const create = useAction('vault.create')
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
    done: () => {
      setWords(null)
      create.reset()
    },
  }
}
