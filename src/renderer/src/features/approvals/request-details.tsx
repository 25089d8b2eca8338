import { ArrowRight, KeyRound, MessageSquareQuote } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Approval } from '../../../../shared/models/approval.ts'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { cn } from '../../lib/class-names.ts'
import { RequestBody } from './request-body.tsx'
import { RequestHeaders } from './request-headers.tsx'
import { RequestUrl } from './request-url.tsx'
import { RiskList } from './risk-list.tsx'

const reasonFirstChars = 280
const nameMaxChars = 80

/** The exact request, line by line: what is sent, where, with which secret, and what speaks against it. */
export function RequestDetails({ approval }: { readonly approval: Approval }) {
  const { request, secrets, risks } = approval
  return (
    <div className="selectable space-y-4">
      <dl className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 gap-y-2.5 text-13">
        <Row name={<Method method={request.method} />}>
          <RequestUrl url={request.url} />
        </Row>
        {secrets.length > 0 && (
          <Row name="with">
            <ul className="space-y-1">
              {secrets.map((secret) => (
                <li key={`${secret.itemId} ${secret.placement}`} className="flex flex-wrap items-center gap-x-2">
                  <KeyRound size={14} aria-hidden className="text-accent-text" />
                  <HostileText text={secret.name} maxChars={nameMaxChars} className="font-medium" />
                  <ArrowRight size={14} role="img" aria-label="goes into" className="text-ink-muted" />
                  <HostileText text={secret.placement} maxChars={nameMaxChars} className="font-mono text-12" />
                </li>
              ))}
            </ul>
          </Row>
        )}
        {/* Above what can be long: in a small window nobody should have to scroll to be warned. */}
        {risks.length > 0 && (
          <Row name="look twice">
            <RiskList risks={risks} />
          </Row>
        )}
        {request.headers.length > 0 && (
          <Row name="headers">
            <RequestHeaders headers={request.headers} />
          </Row>
        )}
        {request.body !== null && (
          <Row name="body">
            <RequestBody body={request.body} />
          </Row>
        )}
      </dl>
      <AskersWords approval={approval} />
    </div>
  )
}

function Row({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-right text-ink-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

const changing = ['POST', 'PUT', 'PATCH', 'DELETE']

function Method({ method }: { readonly method: string }) {
  return (
    <span
      className={cn(
        'font-mono text-12 font-semibold',
        method === 'DELETE' ? 'text-danger' : changing.includes(method) ? 'text-ink' : 'text-ink-muted',
      )}
    >
      <HostileText text={method} maxChars={16} />
    </span>
  )
}

/** What the asker says about it, set apart so that nobody takes it for Clawkeep's words. */
function AskersWords({ approval }: { readonly approval: Approval }) {
  return (
    <figure className="ml-[5.25rem] border-l-2 border-line-strong pl-3 text-13">
      <figcaption className="flex items-center gap-1.5 text-12 text-ink-muted">
        <MessageSquareQuote size={13} aria-hidden className="shrink-0" />
        {approval.reason === '' ? (
          <span>It gave no reason.</span>
        ) : (
          <span>
            In the words of <HostileText text={approval.asker.name} maxChars={nameMaxChars} />, not checked by Clawkeep:
          </span>
        )}
      </figcaption>
      {approval.reason !== '' && (
        <blockquote className="mt-0.5 italic">
          “<HostileText text={approval.reason} maxChars={reasonFirstChars} lines expandable />”
        </blockquote>
      )}
    </figure>
  )
}
