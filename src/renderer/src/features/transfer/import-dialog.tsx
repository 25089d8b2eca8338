import { type ReactNode, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import type { ColumnMap, DuplicateWay, ImportChoices, ImportPreview } from '../../../../shared/models/import.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { count } from '../../lib/format.ts'
import { request } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { FileLock } from './file-lock.tsx'
import { ImportDone } from './import-done.tsx'
import { ImportLook } from './import-look.tsx'
import { ImportWait } from './import-wait.tsx'

/** Takes over the items of another program: choose a file, open it, look at what would come of each entry, then all or nothing. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const choose = useAction('import.chooseFile')
  const look = useAction('import.preview')
  const take = useAction('import.take')
  const [fileName, setFileName] = useState<string | null>(null)
  const [preview, setPreview] = useState<ImportPreview | null>(null)
  const [filePassword, setFilePassword] = useState('')
  const [onDuplicate, setOnDuplicate] = useState<DuplicateWay>('skip')
  const [map, setMap] = useState<ColumnMap | null>(null)

  const choices = (more: Partial<ImportChoices> = {}): ImportChoices => ({
    format: null,
    filePassword: filePassword === '' ? null : filePassword,
    map,
    onDuplicate,
    ...more,
  })
  const see = (more: Partial<ImportChoices> = {}) => look.mutate(choices(more), { onSuccess: setPreview })
  const close = () => {
    // What was read must not stay in memory; also ends what is under way.
    void request('import.cancel').catch(() => undefined)
    client.removeQueries({ queryKey: ['import'] })
    onClose()
  }
  const chooseFile = () =>
    choose.mutate(undefined, {
      onSuccess: (chosen) => {
        if (chosen === null) return
        look.reset()
        take.reset()
        setPreview(null)
        setMap(null)
        setFilePassword('')
        setFileName(chosen.fileName)
        look.mutate(choices({ filePassword: null, map: null }), { onSuccess: setPreview })
      },
    })

  const name = visibleString(fileName ?? '', 60)
  if (take.data !== undefined) {
    const { counts, keepFile } = take.data
    const { add, replace, skip, leftOut } = counts
    return (
      <ImportDone
        way="shred"
        title={`${count(add + replace, 'item')} imported`}
        fileName={name}
        {...(skip + leftOut > 0 && { said: `${skip} skipped, ${leftOut} left out.` })}
        kept={keepFile}
        warning={
          keepFile === null
            ? `“${name}” still holds everything, for whoever gets the file. Shredding overwrites it once and deletes it. What an SSD, a snapshot, a backup or a synced folder keeps of it is out of reach.`
            : `“${name}” is kept, and still holds everything, for whoever gets the file. Delete it yourself when you have what is missing.`
        }
        onClose={close}
      />
    )
  }
  const busy = look.isPending || take.isPending
  // While only the choices change, what was seen stays on the screen.
  const waits = take.isPending || (look.isPending && preview === null)
  const locked = preview === null && look.error?.code === 'unauthorized'
  const coming = preview === null ? 0 : preview.counts.add + preview.counts.replace
  return (
    <Dialog
      open
      wide={preview !== null}
      onClose={close}
      title="Import items"
      meaning="From another password manager, a browser or a .env file. Nothing is imported before you have seen what is in it."
    >
      <DialogBody>
        <div className="space-y-4 text-13">
          {fileName === null && <Forms />}
          {waits && <ImportWait what={take.isPending ? `Importing “${name}”` : `Reading “${name}”`} />}
          {!waits && locked && (
            <FileLock
              fileName={name}
              wrong={look.error?.message === 'This file is encrypted.' ? null : look.error}
              password={filePassword}
              onPassword={setFilePassword}
              onOpen={() => see()}
            />
          )}
          {!waits && preview !== null && (
            <ImportLook
              fileName={name}
              preview={map === null ? preview : { ...preview, columns: map }}
              onDuplicate={onDuplicate}
              onDuplicateChange={(way) => {
                setOnDuplicate(way)
                see({ onDuplicate: way })
              }}
              onColumns={(columns) => {
                setMap(columns)
                see({ map: columns })
              }}
            />
          )}
          {choose.error !== null && <Problem error={choose.error} />}
          {!busy && !locked && look.error !== null && <Problem error={look.error} />}
          {!busy && take.error !== null && take.error.code !== 'cancelled' && <Problem error={take.error} />}
        </div>
      </DialogBody>
      <DialogActions>
        <Button onClick={close}>Cancel</Button>
        <Button
          variant={fileName === null ? 'primary' : 'secondary'}
          off={busy || choose.isPending}
          onClick={chooseFile}
        >
          {fileName === null ? 'Choose a file…' : 'Choose another…'}
        </Button>
        {preview !== null && coming > 0 && (
          <Button variant="primary" off={busy} onClick={() => take.mutate(choices())}>
            Import {count(coming, 'item')}
          </Button>
        )}
        {locked && (
          <Button variant="primary" off={busy} onClick={() => see()}>
            Open the file
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

const forms: ReadonlyArray<readonly [name: string, how: ReactNode]> = [
  ['Bitwarden', 'JSON, also with a password; CSV; the zip with files'],
  ['1Password', '1PUX or CSV'],
  ['KeePass, KeePassXC', 'the .kdbx itself, with its files; CSV'],
  ['Proton Pass', 'JSON or zip, without PGP'],
  ['Chrome, Edge, Firefox, Safari', 'CSV'],
  ['Others', 'any CSV; .env; an archive of Clawkeep; age'],
]

function Forms() {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
      {forms.map(([name, how]) => (
        <div key={name} className="contents">
          <dt className="font-medium">{name}</dt>
          <dd className="text-ink-muted">{how}</dd>
        </div>
      ))}
    </dl>
  )
}
