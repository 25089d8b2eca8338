import type { ImportPreview } from '../../../../shared/models/import.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { count } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'

type ImportDoneProps = {
  readonly counts: ImportPreview['counts']
  readonly fileName: string
  readonly onClose: () => void
}

/** All of it is there; what is left is the file. */
export function ImportDone({ counts, fileName, onClose }: ImportDoneProps) {
  const shred = useAction('import.shredFile')
  const name = visibleString(fileName, 60)
  return (
    <Dialog open onClose={onClose} title={`${count(counts.add + counts.replace, 'item')} imported`}>
      <DialogBody>
        <div className="space-y-4 text-13">
          {counts.skip + counts.leftOut > 0 && (
            <p>
              {counts.skip} skipped, {counts.leftOut} left out.
            </p>
          )}
          <p className="text-ink-muted text-pretty">
            “{name}” still holds everything, for whoever gets the file. Shredding overwrites it once and deletes it.
            What an SSD, a snapshot, a backup or a synced folder keeps of it is out of reach.
          </p>
          {shred.error !== null && <Problem error={shred.error} />}
        </div>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Keep the file</Button>
        <Button
          variant="danger"
          off={shred.isPending}
          onClick={() =>
            shred.mutate(undefined, {
              onSuccess: () => {
                sayDone('File shredded', name)
                onClose()
              },
            })
          }
        >
          Shred the file
        </Button>
      </DialogActions>
    </Dialog>
  )
}
