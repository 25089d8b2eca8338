import type { ReactNode } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** How the imported file can go: overwritten first, or just deleted. */
const ways = {
  shred: { route: 'import.shredFile', action: 'Shred the file', done: 'File shredded' },
  delete: { route: 'keys.removeFile', action: 'Delete the file', done: 'File deleted' },
} as const

type ImportDoneProps = {
  /** How much was imported. */
  readonly title: string
  readonly fileName: string
  readonly way: keyof typeof ways
  /** What came of it. */
  readonly said?: ReactNode
  /** What the file still holds, and what its end does not reach. */
  readonly warning: string
  /** Why the file's end is not offered; null or absent: it is. */
  readonly kept?: string | null
  readonly onClose: () => void
}

/** All of it is there; what is left is the file. */
export function ImportDone({ title, fileName, way, said, warning, kept = null, onClose }: ImportDoneProps) {
  const { route, action, done } = ways[way]
  const end = useAction<'import.shredFile' | 'keys.removeFile'>(route)
  return (
    <Dialog open onClose={onClose} title={title}>
      <DialogBody>
        <div className="space-y-4 text-13">
          {said !== undefined && <p>{said}</p>}
          {kept !== null && <p className="text-pretty">{kept}</p>}
          <p className="text-ink-muted text-pretty">{warning}</p>
          {end.error !== null && <Problem error={end.error} />}
        </div>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Keep the file</Button>
        {kept === null && (
          <Button
            variant="danger"
            off={end.isPending}
            onClick={() =>
              end.mutate(undefined, {
                onSuccess: () => {
                  sayDone(done, fileName)
                  onClose()
                },
              })
            }
          >
            {action}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}
