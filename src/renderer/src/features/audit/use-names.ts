import { useCallback } from 'react'
import type { Asker } from '../../../../shared/models/asker.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { useApiKeys, useApprovals, useAssistants, useItems, useSignIns } from '../../lib/queries.ts'

export type Names = {
  /** `You`, `Clawkeep`, or the present name of the client or assistant. */
  readonly asker: (asker: Asker) => string
  readonly item: (id: string) => string
  /** The name of a client or assistant, or what an approval was about; any other id as it is. */
  readonly target: (id: string) => string
}

/** The log keeps ids only; here they get the names they have now. What is gone keeps its id. */
export function useNames(): Names {
  const keys = useApiKeys().data
  const signIns = useSignIns().data
  const assistants = useAssistants().data
  const items = useItems().data
  const approvals = useApprovals().data
  const target = useCallback(
    (id: string) => {
      const approval = approvals?.find((other) => other.id === id)
      if (approval !== undefined) {
        const { consent, asker, request } = approval
        return consent === null ? `${request.method} ${request.host}` : `Sign-in of ${visibleString(asker.name, 60)}`
      }
      const signIn = signIns?.find((other) => other.id === id)
      // Keys got their names from the person, these did not.
      if (signIn !== undefined) return visibleString(signIn.name, 60)
      return (
        keys?.find((key) => key.id === id)?.name ?? assistants?.find((assistant) => assistant.id === id)?.name ?? id
      )
    },
    [keys, signIns, assistants, approvals],
  )
  const item = useCallback((id: string) => items?.find((other) => other.id === id)?.name ?? id, [items])
  const asker = useCallback(
    ({ kind, id }: Asker) => {
      if (kind === 'person') return id === 'cli' ? 'You, on the command line' : 'You'
      if (kind === 'system') return 'Clawkeep'
      return target(id)
    },
    [target],
  )
  return { asker, item, target }
}
