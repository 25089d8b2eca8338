import { CircleCheck, CircleX } from 'lucide-react'
import { Link } from 'wouter'
import type { Connection } from '../../../../shared/models/connection.ts'
import { Time } from '../../components/ui/time.tsx'
import { Fact } from '../../layout/list-detail.tsx'
import { took } from '../../lib/format.ts'
import { scopeWords } from '../clients/scope-words.ts'

/** What is known of a program that is connected. */
export function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  const { connected, file, transport, afterwards } = connection
  if (connected === null) return null
  const { trial } = connected
  return (
    <dl>
      <Fact name="Last call">{connected.lastSeenMs === null ? 'None yet' : <Time atMs={connected.lastSeenMs} />}</Fact>
      <Fact name="Last test">
        {trial === null ? (
          'Not tested yet'
        ) : (
          <div role="status" className="flex gap-2">
            {trial.ok ? (
              <CircleCheck size={16} className="mt-0.5 shrink-0 text-ok" aria-hidden />
            ) : (
              <CircleX size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />
            )}
            <div className="min-w-0">
              <p>{trial.message}</p>
              {trial.hint !== null && <p className="text-13 text-ink-muted">{trial.hint}</p>}
              <p className="text-12 text-ink-muted">
                <Time atMs={trial.atMs} />, in {took(trial.tookMs)}
              </p>
            </div>
          </div>
        )}
      </Fact>
      {connected.lastSeenMs === null && <Fact name="Next">{afterwards}</Fact>}
      <Fact name="May">{connected.scopes.map((scope) => scopeWords[scope].title).join(', ')}</Fact>
      <Fact name="Settings">
        <span className="font-mono text-13">{file}</span>
        <p className="text-12 text-ink-muted">
          {transport === 'http'
            ? 'It calls Clawkeep’s address with the key in these settings.'
            : 'It starts the clawkeep command, which reads the key from a private file.'}
        </p>
      </Fact>
      <Fact name="Connected">
        <Time atMs={connected.sinceMs} />
        <Link
          href={`/clients/${connected.keyId}`}
          className="ml-3 text-13 font-medium text-accent-text hover:underline"
        >
          See its key
        </Link>
      </Fact>
    </dl>
  )
}
