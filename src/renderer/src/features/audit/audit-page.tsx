import { BadgeCheck } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { Page } from '../../layout/page.tsx'
import { useAction } from '../../lib/queries.ts'
import { AuditFilters, anyEntry, toWish } from './audit-filters.tsx'
import { AuditList } from './audit-list.tsx'
import { VerdictStrip } from './verdict-strip.tsx'

/** What happened, in a log that can prove that nobody changed it. */
export function AuditPage() {
  const [choice, setChoice] = useState(anyEntry)
  const [wish, setWish] = useState(() => toWish(anyEntry, Date.now()))
  const verify = useAction('audit.verify')
  return (
    <Page
      title="Audit"
      meaning="Who did what, with which key, and who decided. Never what was in it"
      actions={
        <Button off={verify.isPending} onClick={() => verify.mutate(undefined, { onError: sayProblem })}>
          <BadgeCheck size={16} aria-hidden />
          {verify.isPending ? 'Checking every entry…' : 'Verify log'}
        </Button>
      }
    >
      {verify.data !== undefined && <VerdictStrip verdict={verify.data} onClose={verify.reset} />}
      <AuditList
        wish={wish}
        filters={
          <AuditFilters
            choice={choice}
            onChange={(next) => {
              setChoice(next)
              setWish(toWish(next, Date.now()))
            }}
          />
        }
        filtered={choice !== anyEntry}
        onClear={() => {
          setChoice(anyEntry)
          setWish(toWish(anyEntry, Date.now()))
        }}
      />
    </Page>
  )
}
