import { lazy, Suspense, useState } from 'react'
import type { DoorSettings } from '../../../../shared/models/door.ts'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { calendarDate } from '../../lib/format.ts'
import { useStatus } from '../../lib/queries.ts'
import { ProviderSetting } from './provider-setting.tsx'
import { Section } from './section.tsx'
import { Line } from './setting-line.tsx'

const NamesDialog = lazy(async () => ({ default: (await import('./names-dialog.tsx')).NamesDialog }))
const NetworkDialog = lazy(async () => ({ default: (await import('./network-dialog.tsx')).NetworkDialog }))

/** Who may reach the MCP server beside the programs of this computer. */
export function DoorSection({ door }: { readonly door: DoorSettings }) {
  const [open, setOpen] = useState<'names' | 'network' | null>(null)
  const network = useStatus().data?.mcpNetwork ?? null
  const close = () => setOpen(null)
  return (
    <Section
      title="Who may reach Clawkeep"
      meaning="Beside the programs on this computer. Everyone needs a key or a sign-in."
    >
      <Line
        name="Names and web pages"
        meaning="For Tailscale, a reverse proxy, or a web page that calls Clawkeep."
        action={<Button onClick={() => setOpen('names')}>Change…</Button>}
      >
        <Listed what="Names" entries={door.hosts} />
        <Listed what="Web pages" entries={door.origins} />
        <Listed what="Trusted proxies" entries={door.trustedProxies} />
      </Line>
      <Line
        name="Other devices"
        meaning={
          door.network === null ? 'Closed: only this computer reaches Clawkeep.' : 'Open in your network, with TLS 1.3.'
        }
        action={<Button onClick={() => setOpen('network')}>{door.network === null ? 'Open…' : 'Change…'}</Button>}
      >
        {network !== null && <Network network={network} />}
      </Line>
      <ProviderSetting />
      <Suspense>
        {open === 'names' && <NamesDialog door={door} onClose={close} />}
        {open === 'network' && <NetworkDialog door={door} onClose={close} />}
      </Suspense>
    </Section>
  )
}

function Network({ network }: { readonly network: NonNullable<Status['mcpNetwork']> }) {
  return (
    <>
      {network.problem !== null && (
        <p role="status" className="text-13 font-medium text-danger wrap-anywhere">
          {network.problem} Clawkeep tries again by itself.
        </p>
      )}
      <Copied what="Address" text={network.url} />
      <Copied what="Fingerprint" text={network.fingerprint} />
      <Copied what="Certificate to trust" text={network.authorityFile} />
      {network.expiresAtMs !== null && (
        <p className="text-12 text-ink-muted">Valid until {calendarDate(network.expiresAtMs, Date.now())}.</p>
      )}
    </>
  )
}

function Listed({ what, entries }: { readonly what: string; readonly entries: ReadonlyArray<string> }) {
  if (entries.length === 0) return null
  return (
    <p className="selectable text-12 text-ink-muted">
      {what}: <code className="font-mono text-12 text-ink wrap-anywhere">{entries.join(', ')}</code>
    </p>
  )
}

function Copied({ what, text }: { readonly what: string; readonly text: string | null }) {
  if (text === null) return null
  return (
    <p className="selectable flex items-center gap-2 text-12 text-ink-muted">
      <span className="min-w-0 flex-1">
        {what}: <code className="font-mono text-12 text-ink wrap-anywhere">{text}</code>
      </span>
      <CopyButton label={`Copy ${what.toLowerCase()}`} text={text} />
    </p>
  )
}
