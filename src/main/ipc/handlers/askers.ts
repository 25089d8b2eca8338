import type { Asker } from '../../../shared/models/asker.ts'
import type { Caller } from '../router.ts'

/** The person, through the face they used. */
export function person(caller: Caller): Asker {
  return { kind: 'person', id: caller.kind }
}
