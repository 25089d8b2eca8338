import type { Settings } from '../../../../shared/models/settings.ts'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** Saves what is chosen at once, and says when that does not work. */
export function useSaveSettings(): (patch: Partial<Settings>) => void {
  const save = useAction('settings.set')
  return (patch) => save.mutate(patch, { onError: sayProblem })
}
