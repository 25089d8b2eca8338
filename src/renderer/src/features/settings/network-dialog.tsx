import { useState } from 'react'
import { type DoorSettings, NetworkDoor } from '../../../../shared/models/door.ts'
import { Button } from '../../components/ui/button.tsx'
import { Field, TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Select } from '../../components/ui/select.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { checkForm } from '../../lib/form-problems.ts'
import { useAction } from '../../lib/queries.ts'

const kinds = [
  { value: 'local', label: 'Made by Clawkeep' },
  { value: 'files', label: 'My own files' },
] as const

const usualPort = 7443

/** One more address, for a phone or another computer; always with TLS. */
export function NetworkDialog({ door, onClose }: { readonly door: DoorSettings; readonly onClose: () => void }) {
  const { network } = door
  const files = network?.certificate.kind === 'files' ? network.certificate : null
  const [address, setAddress] = useState(network?.address ?? '0.0.0.0')
  const [port, setPort] = useState(String(network?.port ?? usualPort))
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>(network?.certificate.kind ?? 'local')
  const [certificateFile, setCertificateFile] = useState(files?.certificateFile ?? '')
  const [keyFile, setKeyFile] = useState(files?.keyFile ?? '')
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const save = useAction('settings.set')

  const set = (next: NetworkDoor | null): void => {
    const onSuccess = (): void => {
      sayDone(
        next === null ? 'Address closed' : 'Address open',
        next === null ? undefined : 'Other devices need a key too.',
      )
      onClose()
    }
    save.mutate({ door: { ...door, network: next } }, { onSuccess })
  }
  const submit = () => {
    const certificate = kind === 'local' ? { kind } : { kind, certificateFile, keyFile }
    const wrong: Record<string, string> = {}
    const checked = checkForm(NetworkDoor, {
      address,
      port: port.trim() === '' ? Number.NaN : Number(port),
      certificate,
    })
    if ('problems' in checked) Object.assign(wrong, checked.problems)
    // The two files are one level deeper than the form's own fields.
    const inside = checkForm(NetworkDoor.shape.certificate, certificate)
    if ('problems' in inside) Object.assign(wrong, inside.problems)
    setProblems(wrong)
    if ('value' in checked) set(checked.value)
  }

  return (
    <FormDialog
      onClose={onClose}
      title="Open to other devices"
      meaning="For a phone or another computer in your network. Always with TLS 1.3; programs on this computer go on as before."
      onSubmit={submit}
      action={network === null ? 'Open address' : 'Save address'}
      busy={save.isPending}
      error={save.error}
      problems={problems}
      others={
        network === null ? undefined : (
          <Button variant="deny" off={save.isPending} onClick={() => set(null)}>
            Close address
          </Button>
        )
      }
    >
      <div className="flex gap-3">
        <TextField
          label="Address"
          mono
          autoFocus
          value={address}
          onChange={setAddress}
          problem={problems['address']}
          hint="0.0.0.0 is every address of this computer."
          className="flex-1"
        />
        <TextField
          label="Port"
          type="number"
          min={1024}
          max={65_535}
          value={port}
          onChange={setPort}
          problem={problems['port']}
          className="w-32"
        />
      </div>
      <Field
        label="Certificate"
        hint={
          kind === 'local'
            ? 'The other device must trust it once: by its file, or by comparing its fingerprint.'
            : 'PEM files, such as those of “tailscale cert”. A renewed file is noticed by itself.'
        }
      >
        <Select label="Certificate" value={kind} onChange={setKind} choices={kinds} className="w-56" />
      </Field>
      {kind === 'files' && (
        <>
          <TextField
            label="Certificate file"
            mono
            value={certificateFile}
            onChange={setCertificateFile}
            placeholder="/home/ada/clawkeep.crt"
            problem={problems['certificateFile']}
          />
          <TextField
            label="Key file"
            mono
            value={keyFile}
            onChange={setKeyFile}
            placeholder="/home/ada/clawkeep.key"
            problem={problems['keyFile']}
          />
        </>
      )}
    </FormDialog>
  )
}
