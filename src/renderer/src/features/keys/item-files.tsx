import { Download, Paperclip, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { AttachedFile, FileJob, ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Progress } from '../../components/ui/progress.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { Fact } from '../../layout/list-detail.tsx'
import { byteSize } from '../../lib/format.ts'
import { type RequestError, toRequestError } from '../../lib/ipc.ts'
import { useAction, useFileWork, useItem } from '../../lib/queries.ts'
import { useAfter } from '../../lib/use-after.ts'
import { visibleString } from '../../lib/visible-text.ts'

/** Shorter than a line at the smallest width; the whole name is in the title. */
const nameMaxChars = 80

/** The files attached to an item: attach, save elsewhere, remove. The page gets neither their places nor their contents. */
export function ItemFiles({ item }: { readonly item: ItemOverview }) {
  const view = useItem(item.id)
  const jobs = (useFileWork().data ?? []).filter(({ itemId }) => itemId === item.id)
  const [problem, setProblem] = useState<RequestError | null>(null)
  const choose = useAction('files.choose')
  const attach = () => {
    setProblem(null)
    choose.mutate(
      { itemId: item.id },
      {
        onSuccess: (file) => file !== null && sayDone('File attached', visibleString(file.name, nameMaxChars)),
        onError: (error) => setProblem(toRequestError(error)),
      },
    )
  }
  const files = [...(view.data?.fileList ?? [])].sort((a, b) => a.name.localeCompare(b.name))
  return (
    <Fact name="Files">
      {view.error !== null && (
        <Problem error={view.error}>
          <Button size="sm" off={view.isFetching} onClick={() => void view.refetch()}>
            Try again
          </Button>
        </Problem>
      )}
      {files.length > 0 && (
        <ul aria-label="Attached files" className="divide-y divide-line/60">
          {files.map((file) => (
            <FileLine key={file.id} file={file} onProblem={setProblem} />
          ))}
        </ul>
      )}
      {jobs.map((job) => (
        <WorkLine key={job.id} job={job} />
      ))}
      {problem !== null && problem.code !== 'cancelled' && <Problem error={problem} className="mt-2" />}
      <span className="mt-2 flex flex-wrap items-center gap-2">
        <Button size="sm" off={choose.isPending} onClick={attach}>
          <Paperclip size={14} aria-hidden />
          Attach a file…
        </Button>
        <span className="text-12 text-ink-muted">Up to 100 MB, sealed like the rest.</span>
      </span>
    </Fact>
  )
}

type FileLineProps = { readonly file: AttachedFile; readonly onProblem: (problem: RequestError | null) => void }

function FileLine({ file, onProblem }: FileLineProps) {
  const [isRemoving, setRemoving] = useState(false)
  const save = useAction('files.saveAs')
  const remove = useAction('files.remove')
  const name = visibleString(file.name, nameMaxChars)
  const saveAs = () => {
    onProblem(null)
    save.mutate(
      { id: file.id },
      {
        onSuccess: ({ saved }) => saved && sayDone('File saved', name),
        onError: (error) => onProblem(toRequestError(error)),
      },
    )
  }
  return (
    <li className="flex items-center gap-1 py-1.5">
      <span className="min-w-0 flex-1" title={name}>
        <span className="block truncate text-13">{name}</span>
        <span className="block text-12 text-ink-muted">
          {byteSize(file.bytes)}, <Time atMs={file.addedAtMs} />
        </span>
      </span>
      <Button
        size="icon"
        variant="ghost"
        aria-label={`Save ${name} as…`}
        title="Save as…"
        off={save.isPending}
        onClick={saveAs}
      >
        <Download size={15} aria-hidden />
      </Button>
      <Button
        size="icon"
        variant="ghost"
        aria-label={`Remove ${name}…`}
        title="Remove…"
        onClick={() => setRemoving(true)}
      >
        <Trash2 size={15} aria-hidden />
      </Button>
      <ConfirmDialog
        open={isRemoving}
        onClose={() => setRemoving(false)}
        title={`Remove “${name}”?`}
        action="Remove file"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(
            { id: file.id },
            {
              onSuccess: () => {
                setRemoving(false)
                sayDone('File removed', name)
              },
            },
          )
        }
      >
        <p>It is erased for good: files do not go into the trash. Only a backup made before has it.</p>
      </ConfirmDialog>
    </li>
  )
}

/** Most files are there before anybody could read this. */
const silentMs = 300

function WorkLine({ job }: { readonly job: FileJob }) {
  const visible = useAfter(silentMs)
  const cancel = useAction('files.cancel')
  const { doneBytes, totalBytes } = job
  if (!visible) return null
  const what = job.kind === 'attach' ? 'Sealing' : 'Saving'
  return (
    <div role="status" className="flex items-center gap-3 py-1.5">
      <div className="min-w-0 flex-1">
        <Progress
          label={`${what} “${visibleString(job.name, nameMaxChars)}”`}
          share={totalBytes === 0 ? null : doneBytes / totalBytes}
        />
      </div>
      <Button size="sm" off={cancel.isPending} onClick={() => cancel.mutate({ id: job.id }, { onError: sayProblem })}>
        Cancel
      </Button>
    </div>
  )
}
