import { Circle, CircleCheck, CircleDashed, FileWarning, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { Connection } from '../../../../shared/models/connection.ts'
import type { Tone } from '../../components/ui/badge.tsx'

/** How the states of a program are shown. */
export const programLooks: Readonly<
  Record<Connection['state'], { readonly word: string; readonly icon: LucideIcon; readonly tone: Tone }>
> = {
  connected: { word: 'Connected', icon: CircleCheck, tone: 'ok' },
  drifted: { word: 'Changed', icon: TriangleAlert, tone: 'wait' },
  broken: { word: 'Unreadable', icon: FileWarning, tone: 'danger' },
  taken: { word: 'Name taken', icon: TriangleAlert, tone: 'wait' },
  found: { word: 'Not connected', icon: Circle, tone: 'neutral' },
  absent: { word: 'Not found', icon: CircleDashed, tone: 'neutral' },
}

/** What needs the person first, then what is connected, then what can be, then the rest; else the order of the core. */
export function inOrder(connections: ReadonlyArray<Connection>): ReadonlyArray<Connection> {
  const rank = (connection: Connection): number =>
    connection.connected !== null && connection.state !== 'connected'
      ? 0
      : connection.state === 'connected'
        ? 1
        : connection.state === 'absent'
          ? 3
          : 2
  return [...connections].sort((a, b) => rank(a) - rank(b))
}
