import {
  EyeOff,
  Globe,
  type LucideIcon,
  PencilLine,
  Router,
  ScanSearch,
  Trash2,
  Unlock,
  UserRoundSearch,
} from 'lucide-react'
import type { Risk } from '../../../../shared/models/approval.ts'
import { cn } from '../../lib/class-names.ts'

type RiskLook = { readonly icon: LucideIcon; readonly word: string; readonly grave: boolean }

const looks: Readonly<Record<Risk['id'], RiskLook>> = {
  writes: { icon: PencilLine, word: 'Writes data', grave: false },
  deletes: { icon: Trash2, word: 'Deletes data', grave: true },
  'first-use': { icon: UserRoundSearch, word: 'First use', grave: false },
  'new-host': { icon: Globe, word: 'New host', grave: false },
  'local-network': { icon: Router, word: 'Local network', grave: true },
  'look-alike-host': { icon: ScanSearch, word: 'Look-alike host', grave: true },
  'look-alike-name': { icon: ScanSearch, word: 'Look-alike name', grave: true },
  'plain-http': { icon: Unlock, word: 'Not encrypted', grave: true },
  'hidden-text': { icon: EyeOff, word: 'Hidden text', grave: true },
}

/** The reasons to look twice, the grave ones first; each is an icon, a word and Clawkeep's reason. */
export function RiskList({ risks }: { readonly risks: ReadonlyArray<Risk> }) {
  const ordered = [...risks].sort((a, b) => Number(looks[b.id].grave) - Number(looks[a.id].grave))
  return (
    <ul className="space-y-1">
      {ordered.map((risk) => {
        const { icon: Icon, word, grave } = looks[risk.id]
        return (
          <li key={`${risk.id} ${risk.text}`} className="flex gap-2 text-13">
            <Icon size={15} aria-hidden className={cn('mt-0.5 shrink-0', grave ? 'text-danger' : 'text-ink-muted')} />
            <p className="min-w-0 wrap-anywhere">
              <span className={cn('font-medium', grave && 'text-danger')}>{word}</span>
              {!saysTheSame(risk.text, word) && <span className="text-ink-muted"> · {risk.text}</span>}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

function saysTheSame(text: string, word: string): boolean {
  return text.replace(/\.$/, '').toLowerCase() === word.toLowerCase()
}
