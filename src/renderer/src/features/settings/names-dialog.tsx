import { useState } from 'react'
import '../../lib/no-eval.ts'
import { DoorHost, DoorOrigin, type DoorSettings, ProxyAddress } from '../../../../shared/models/door.ts'
import { TextArea } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { lineProblem, linesOf } from './written-lines.ts'

const boxes = [
  {
    field: 'hosts',
    label: 'Names of this computer',
    entry: DoorHost,
    placeholder: 'clawkeep.example.ts.net\nmcp.example.org',
    hint: 'How clients call it beside 127.0.0.1 and localhost: the Tailscale name, or the name of a reverse proxy. One a line.',
  },
  {
    field: 'origins',
    label: 'Web pages that may call',
    entry: DoorOrigin,
    placeholder: 'https://claude.ai',
    hint: 'The exact origin of each page. They need a key like every client. Programs need no line here.',
  },
  {
    field: 'trustedProxies',
    label: 'Trusted proxies',
    entry: ProxyAddress,
    placeholder: '127.0.0.1',
    hint: '127.0.0.1 for Tailscale Serve or Caddy on this computer. Only these may say in X-Forwarded-For who really calls.',
  },
] as const

type Field = (typeof boxes)[number]['field']

/** The names, pages and proxies of the door, one a line, each checked where it is written. */
export function NamesDialog({ door, onClose }: { readonly door: DoorSettings; readonly onClose: () => void }) {
  const [texts, setTexts] = useState<Readonly<Record<Field, string>>>({
    hosts: door.hosts.join('\n'),
    origins: door.origins.join('\n'),
    trustedProxies: door.trustedProxies.join('\n'),
  })
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const save = useAction('settings.set')

  const submit = () => {
    const wrong = boxes.flatMap(({ field, entry }) => {
      const problem = lineProblem(entry, linesOf(texts[field]))
      return problem === null ? [] : [[field, problem] as const]
    })
    setProblems(Object.fromEntries(wrong))
    if (wrong.length > 0) return
    const lists = {
      hosts: [...linesOf(texts.hosts)],
      origins: [...linesOf(texts.origins)],
      trustedProxies: [...linesOf(texts.trustedProxies)],
    }
    const onSuccess = (): void => {
      sayDone('Names saved', 'They hold from the next request on.')
      onClose()
    }
    save.mutate({ door: { ...door, ...lists } }, { onSuccess })
  }

  return (
    <FormDialog
      wide
      onClose={onClose}
      title="Names and web pages"
      meaning="Whoever calls under another name, or from another page, is refused before Clawkeep reads the request."
      onSubmit={submit}
      action="Save names"
      busy={save.isPending}
      error={save.error}
      problems={problems}
    >
      {boxes.map(({ field, label, placeholder, hint }, at) => (
        <TextArea
          key={field}
          label={label}
          hint={hint}
          placeholder={placeholder}
          rows={3}
          mono
          optional
          autoFocus={at === 0}
          value={texts[field]}
          onChange={(text) => setTexts({ ...texts, [field]: text })}
          problem={problems[field]}
        />
      ))}
    </FormDialog>
  )
}
