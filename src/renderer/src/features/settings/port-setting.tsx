import { type FormEvent, useState } from 'react'
import { checkForm } from '../../lib/form-problems.ts'
import { SettingsPatch } from '../../../../shared/models/settings.ts'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { useAction, useStatus } from '../../lib/queries.ts'

/** The port for MCP clients on this computer; a change holds at once. */
export function PortSetting({ port }: { readonly port: number }) {
  const [text, setText] = useState(String(port))
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const save = useAction('settings.set')
  const status = useStatus().data
  const changed = text.trim() !== String(port)
  const running = status?.mcpUrl ?? null

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const checked = checkForm(SettingsPatch, { mcpPort: text.trim() === '' ? undefined : Number(text) })
    const wrong = 'problems' in checked || text.trim() === ''
    setProblem(wrong ? 'Write a port from 1024 to 65535.' : undefined)
    if (wrong || !changed) return
    save.mutate(
      { mcpPort: Number(text) },
      { onSuccess: () => sayDone('Port changed', 'Give the new address to your clients.'), onError: sayProblem },
    )
  }

  return (
    <form onSubmit={submit} noValidate className="px-4 py-3">
      <div className="flex items-start gap-6">
        <div className="min-w-0 flex-1">
          <p className="text-14 font-medium">MCP port</p>
          <p className="selectable text-13 text-ink-muted wrap-anywhere">
            For clients on this computer. If it is in use when Clawkeep starts, the next free one is taken.{' '}
            {running === null ? (
              (status?.mcpProblem ?? 'The MCP server does not run now.')
            ) : (
              <>
                Now it is <code className="font-mono text-12 text-ink">{running}</code>.
              </>
            )}
          </p>
        </div>
        <div className="flex shrink-0 items-end gap-2">
          <TextField
            label="Port"
            type="number"
            min={1024}
            max={65_535}
            value={text}
            onChange={setText}
            problem={problem}
            className="w-28"
          />
          <Button type="submit" off={!changed || save.isPending} className="h-9">
            Save
          </Button>
        </div>
      </div>
    </form>
  )
}
