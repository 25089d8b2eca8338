import { useState } from 'react'
import { ExportChoices, type ExportFormat, exportFormats } from '../../../../shared/models/export.ts'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Field, TextField } from '../../components/ui/field.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Select } from '../../components/ui/select.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { byteSize, count } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'

const words: Readonly<Record<ExportFormat, { readonly label: string; readonly meaning: string }>> = {
  archive: { label: 'Clawkeep archive', meaning: 'Everything, encrypted with a password of its own' },
  age: { label: 'age', meaning: 'Everything, encrypted for a passphrase or a recipient of age' },
  json: { label: 'JSON, not encrypted', meaning: 'Every secret in the clear, without files' },
  csv: { label: 'CSV, not encrypted', meaning: 'For other programs; in the clear, without files' },
}
const choices = exportFormats.map((value) => ({ value, ...words[value] }))

/** Writes all items into one file: the form, what locks it, the vault password; where it goes the system asks. */
export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const [format, setFormat] = useState<ExportFormat>('archive')
  const [filePassword, setFilePassword] = useState('')
  const [again, setAgain] = useState('')
  const [recipient, setRecipient] = useState('')
  const [password, setPassword] = useState('')
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const write = useAction('export.write')
  const stop = useAction('export.cancel')
  const isPlain = format === 'json' || format === 'csv'
  const toRecipient = format === 'age' && recipient.trim() !== ''

  const send = () => {
    const chosen = ExportChoices.safeParse({
      format,
      filePassword: isPlain || toRecipient ? null : filePassword,
      recipients: toRecipient ? recipient.split(/[\s,]+/).filter((part) => part !== '') : [],
    })
    const differ = !isPlain && !toRecipient && filePassword !== again
    const found = {
      ...(chosen.success ? {} : { filePassword: chosen.error.issues[0]?.message ?? 'This cannot be used.' }),
      ...(differ ? { again: 'The two differ.' } : {}),
    }
    setProblems(found)
    if (!chosen.success || differ) return
    write.mutate(
      { password, choices: chosen.data },
      {
        onSuccess: (made) => {
          if (made === null) return
          const left = made.filesLeftOut === 0 ? '' : `, ${count(made.filesLeftOut, 'file')} left out`
          const name = visibleString(made.fileName, 60)
          sayDone(`${count(made.items, 'item')} exported`, `${name}, ${byteSize(made.bytes)}${left}`)
          onClose()
        },
        onError: () => undefined,
      },
    )
  }

  return (
    <FormDialog
      onClose={onClose}
      title="Export items"
      meaning="All items in one file that only you may read. The trash and earlier versions are not part of it."
      onSubmit={send}
      action={write.isPending ? 'Exporting…' : 'Choose where…'}
      busy={write.isPending}
      onStop={() => stop.mutate(undefined, { onError: sayProblem })}
      ready={password !== ''}
      error={write.error}
      problems={problems}
    >
      <Field label="Form">
        <Select label="Form" value={format} onChange={setFormat} choices={choices} className="w-full" />
      </Field>
      {isPlain && (
        <Problem
          error={{
            message: 'Whoever gets this file can read every secret in it.',
            hint: 'Keep it no longer than you need it, and out of folders that are synced or backed up.',
          }}
        />
      )}
      {format === 'age' && (
        <TextField
          label="Recipient of age"
          optional
          mono
          placeholder="age1…"
          value={recipient}
          onChange={setRecipient}
          hint="Instead of a passphrase: only who holds its identity can open the file."
          problem={toRecipient ? problems['filePassword'] : undefined}
        />
      )}
      {!isPlain && !toRecipient && (
        <>
          <PasswordField
            label={format === 'age' ? 'Passphrase' : 'Password of the file'}
            value={filePassword}
            onChange={setFilePassword}
            hint="Without it nobody can open the file, you included."
            problem={problems['filePassword']}
          />
          <PasswordField label="The same again" value={again} onChange={setAgain} problem={problems['again']} />
        </>
      )}
      <PasswordField label="Vault password" value={password} onChange={setPassword} off={write.isPending} />
    </FormDialog>
  )
}
