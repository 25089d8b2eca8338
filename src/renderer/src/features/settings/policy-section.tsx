import { Ban, Check, CircleHelp, FileJson, type LucideIcon, Router } from 'lucide-react'
import { useState } from 'react'
import type { NetworkException, Policy, PolicyRule } from '../../../../shared/models/policy.ts'
import { Badge, type Tone } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction, usePolicy } from '../../lib/queries.ts'
import { PolicyDialog } from './policy-dialog.tsx'
import { defaultWords, limitWords, ruleWords } from './rule-words.ts'
import { Section } from './section.tsx'

/** The rules that answer instead of the person, and the addresses that were opened on purpose. */
export function PolicySection() {
  const policy = usePolicy()
  const [editing, setEditing] = useState(false)
  return (
    <>
      <Section
        title="Rules"
        meaning="What is answered without asking you. Deny beats ask, ask beats allow."
        actions={
          <Button size="sm" off={policy.data === undefined} onClick={() => setEditing(true)}>
            <FileJson size={14} aria-hidden />
            Edit as JSON
          </Button>
        }
      >
        <Loaded query={policy} what="Reading the rules">
          {({ rules, default: rest }) => (
            <>
              {rules.map((rule) => (
                <RuleLine key={rule.id} rule={rule} />
              ))}
              <p className="px-4 py-3 text-13 text-ink-muted">
                {rules.length === 0 && 'No rules of your own. '}
                {defaultWords(rest)}
              </p>
            </>
          )}
        </Loaded>
      </Section>
      {policy.data !== undefined && <NetworkSection policy={policy.data} />}
      {editing && policy.data !== undefined && <PolicyDialog policy={policy.data} onClose={() => setEditing(false)} />}
    </>
  )
}

const answers: Readonly<
  Record<PolicyRule['then'], { readonly word: string; readonly icon: LucideIcon; readonly tone: Tone }>
> = {
  allow: { word: 'Allow', icon: Check, tone: 'ok' },
  deny: { word: 'Deny', icon: Ban, tone: 'danger' },
  ask: { word: 'Ask', icon: CircleHelp, tone: 'wait' },
}

function RuleLine({ rule }: { readonly rule: PolicyRule }) {
  const { word, icon, tone } = answers[rule.then]
  const limit = limitWords(rule)
  return (
    <div className="flex items-start gap-3 px-4 py-3">
      <span className="w-16 shrink-0">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </span>
      <p className="selectable min-w-0 flex-1 text-13 wrap-anywhere">
        {ruleWords(rule)}
        {limit !== null && <span className="text-ink-muted">, {limit}</span>}
      </p>
      <code className="max-w-40 shrink-0 truncate font-mono text-12 text-ink-muted">{rule.id}</code>
    </div>
  )
}

function NetworkSection({ policy }: { readonly policy: Policy }) {
  const [removing, setRemoving] = useState<NetworkException | null>(null)
  const save = useAction('policy.set')
  return (
    <Section
      title="Open addresses"
      meaning="Clawkeep refuses this computer and your local network. These were opened on purpose."
    >
      {policy.network.length === 0 && (
        <p className="px-4 py-3 text-13 text-ink-muted">None. Requests reach the internet only.</p>
      )}
      {policy.network.map((exception) => (
        <div key={exception.id} className="flex items-center gap-3 px-4 py-3">
          <Router size={16} aria-hidden className="shrink-0 text-danger" />
          <div className="selectable min-w-0 flex-1">
            <code className="font-mono text-13">
              {exception.host}:{exception.port}
            </code>
            <p className="text-12 text-ink-muted wrap-anywhere">
              {exception.note === '' ? exception.id : exception.note}
              {exception.ca !== undefined && ' · trusts a certificate authority of its own'}
            </p>
          </div>
          <Button
            size="sm"
            variant="deny"
            aria-label={`Remove ${exception.host}:${exception.port}`}
            onClick={() => setRemoving(exception)}
          >
            Remove
          </Button>
        </div>
      ))}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={removing === null ? '' : `Close ${removing.host}:${removing.port}?`}
        action="Close address"
        busy={save.isPending}
        error={save.error}
        onConfirm={() =>
          save.mutate(
            { policy: { ...policy, network: policy.network.filter((other) => other.id !== removing?.id) } },
            {
              onSuccess: () => {
                setRemoving(null)
                sayDone('Address closed')
              },
            },
          )
        }
      >
        <p>Requests to it are refused from now on. You can open it again by editing the rules.</p>
      </ConfirmDialog>
    </Section>
  )
}
