import { useState } from 'react'
import { ProviderInput, type ProviderView } from '../../../../shared/models/provider.ts'
import { TextArea, TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { checkForm } from '../../lib/form-problems.ts'
import { useAction } from '../../lib/queries.ts'
import { linesOf } from './written-lines.ts'

type ProviderDialogProps = { readonly provider: ProviderView | null; readonly onClose: () => void }

/** The server elsewhere that vouches for tokens; it is asked before it is saved. */
export function ProviderDialog({ provider, onClose }: ProviderDialogProps) {
  const [texts, setTexts] = useState({
    introspectionEndpoint: provider?.introspectionEndpoint ?? '',
    clientId: provider?.clientId ?? '',
    clientSecret: '',
    issuer: provider?.issuer ?? '',
    audience: provider?.audience ?? '',
    requiredScopes: provider?.requiredScopes.join(' ') ?? '',
    scopeMap: Object.entries(provider?.scopeMap ?? {})
      .map(([theirs, ours]) => `${theirs} = ${ours.join(' ')}`)
      .join('\n'),
  })
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const save = useAction('provider.set')
  const field = (name: keyof typeof texts) => ({
    value: texts[name],
    onChange: (text: string) => setTexts({ ...texts, [name]: text }),
    problem: problems[name],
  })

  const submit = () => {
    const { clientSecret, ...rest } = texts
    const checked = checkForm(ProviderInput, {
      ...rest,
      ...(clientSecret === '' ? {} : { clientSecret }),
      issuer: texts.issuer.trim() === '' ? null : texts.issuer,
      audience: texts.audience.trim() === '' ? null : texts.audience,
      requiredScopes: texts.requiredScopes.split(/[\s,]+/).filter((scope) => scope !== ''),
      scopeMap: readScopeMap(texts.scopeMap),
    })
    const found: Record<string, string> = 'problems' in checked ? { ...checked.problems } : {}
    if (clientSecret === '' && provider === null) found['clientSecret'] ??= 'Write the client secret.'
    setProblems(found)
    if ('problems' in checked || Object.keys(found).length > 0) return
    const onSuccess = (): void => {
      sayDone('Provider saved', 'It was asked and answered. Its tokens are accepted now.')
      onClose()
    }
    save.mutate(checked.value, { onSuccess })
  }

  return (
    <FormDialog
      wide
      onClose={onClose}
      title="Sign-in elsewhere"
      meaning="Accept tokens of a server you already have. Clawkeep asks it about each token (RFC 7662); if it does not answer, nobody gets in."
      onSubmit={submit}
      action={save.isPending ? 'Asking it…' : 'Ask and save'}
      busy={save.isPending}
      error={save.error}
      problems={problems}
    >
      <TextField
        label="Introspection address"
        mono
        autoFocus
        placeholder="https://id.example.org/oauth2/introspect"
        {...field('introspectionEndpoint')}
      />
      <div className="flex items-start gap-3">
        <TextField label="Client id" mono className="flex-1" {...field('clientId')} />
        <PasswordField
          label="Client secret"
          className="flex-1"
          {...(provider === null ? {} : { placeholder: 'Leave empty to keep it' })}
          {...field('clientSecret')}
        />
      </div>
      <TextField
        label="Required scopes"
        mono
        optional
        placeholder="mcp"
        hint="A token without all of these is refused."
        {...field('requiredScopes')}
      />
      <TextArea
        label="What its scopes allow"
        mono
        optional
        rows={3}
        placeholder={'mcp:read = openclaw:read secrets:list\nmcp:chat = openclaw:write'}
        hint="One a line: the provider’s scope, then Clawkeep’s. Programs that sign in there ask for these; without any line, for Clawkeep’s names."
        {...field('scopeMap')}
      />
      <div className="flex items-start gap-3">
        <TextField
          label="Audience"
          mono
          optional
          className="flex-1"
          hint="What tokens must be made for. Empty: the address that the client calls."
          {...field('audience')}
        />
        <TextField
          label="Issuer"
          mono
          optional
          className="flex-1"
          placeholder="https://id.example.org"
          hint="Clients are told to sign in there."
          {...field('issuer')}
        />
      </div>
    </FormDialog>
  )
}

/** `theirs = ours ours`, one a line. A line without `=` names no scope of ours, which the schema then says. */
function readScopeMap(text: string): Record<string, string[]> {
  const entries = linesOf(text.replaceAll(',', ' ')).map((line): [string, string[]] => {
    const [theirs = '', ours = ''] = line.split('=')
    return [theirs.trim(), ours.split(/\s+/).filter((scope) => scope !== '')]
  })
  return Object.fromEntries(entries)
}
