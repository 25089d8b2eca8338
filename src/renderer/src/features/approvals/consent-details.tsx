import { AppWindow, Globe, Monitor } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Scope, scopes as allScopes } from '../../../../shared/models/api-key.ts'
import type { Risk } from '../../../../shared/models/approval.ts'
import type { Consent } from '../../../../shared/models/sign-in.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Host } from '../../components/ui/host.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { scopeWords } from '../clients/scope-words.ts'
import { RequestUrl } from './request-url.tsx'
import { RiskList } from './risk-list.tsx'

type ConsentDetailsProps = {
  readonly consent: Consent
  readonly host: string
  readonly risks: ReadonlyArray<Risk>
  readonly chosen: ReadonlyArray<Scope>
  /** Absent when it was answered already. */
  readonly onChosen?: (scopes: ReadonlyArray<Scope>) => void
}

const idMaxChars = 300

/** Who wants to sign in, where the answer goes, and what it would get: each scope a box to untick. */
export function ConsentDetails({ consent, host, risks, chosen, onChosen }: ConsentDetailsProps) {
  return (
    <dl className="selectable grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-3 text-13">
      <Row name="program">
        {consent.identity === 'document' ? (
          <>
            <RequestUrl url={consent.clientId} />
            <Meaning>This address says what it is called. Whose address is it?</Meaning>
          </>
        ) : (
          <>
            <HostileText text={consent.clientId} maxChars={idMaxChars} className="font-mono" />
            <Meaning>It registered itself. Its name is its own word; nobody has checked it.</Meaning>
          </>
        )}
      </Row>
      <Row name="answers to">
        <Destination to={consent.redirectTo} host={host} />
      </Row>
      {risks.length > 0 && (
        <Row name="look twice">
          <RiskList risks={risks} />
        </Row>
      )}
      <Row name="it may">
        <ul className="space-y-2.5">
          {consent.scopes.map(({ scope, held }) => (
            <li key={scope}>
              {onChosen === undefined ? (
                <ScopeLabel scope={scope} held={held} refused={!chosen.includes(scope)} />
              ) : (
                <Checkbox
                  checked={chosen.includes(scope)}
                  onChange={(on) =>
                    onChosen(allScopes.filter((other) => (other === scope ? on : chosen.includes(other))))
                  }
                  label={<ScopeLabel scope={scope} held={held} />}
                  meaning={scopeWords[scope].meaning}
                />
              )}
            </li>
          ))}
        </ul>
      </Row>
    </dl>
  )
}

function ScopeLabel({
  scope,
  held,
  refused = false,
}: {
  readonly scope: Scope
  readonly held: boolean
  readonly refused?: boolean
}) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {scopeWords[scope].title}
      {held && <Badge tone="neutral">has it already</Badge>}
      {refused && <Badge tone="danger">not allowed</Badge>}
    </span>
  )
}

function Destination({ to, host }: { readonly to: Consent['redirectTo']; readonly host: string }) {
  const Icon = to === 'machine' ? Monitor : to === 'app' ? AppWindow : Globe
  return (
    <>
      <span className="inline-flex max-w-full items-center gap-1.5">
        <Icon size={14} aria-hidden className="shrink-0 text-ink-muted" />
        {to === 'web' ? (
          <Host host={host} />
        ) : (
          <HostileText text={host} maxChars={80} className="font-mono font-semibold" />
        )}
      </span>
      <Meaning>{destinationWords[to]}</Meaning>
    </>
  )
}

const destinationWords: Readonly<Record<Consent['redirectTo'], string>> = {
  machine: 'A program on this machine. Allow only if you have just started this sign-in yourself.',
  app: 'The app that this computer opens for such links. Allow only if you have just started this sign-in yourself.',
  web: 'A server on the internet. It will hold what this sign-in gives.',
}

function Meaning({ children }: { readonly children: ReactNode }) {
  return <p className="text-12 text-ink-muted">{children}</p>
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-right text-ink-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}
