import { Progress } from '../../components/ui/progress.tsx'
import { useImportProgress } from '../../lib/queries.ts'

/** How far reading or importing is; the Cancel of the dialog ends it. */
export function ImportWait({ what }: { readonly what: string }) {
  const progress = useImportProgress(true).data
  const files = progress?.step === 'files' && progress.total > 0
  return (
    <div role="status" className="py-6">
      <Progress
        label={files ? `${what}: ${progress.done} of ${progress.total} files` : `${what}…`}
        share={files ? progress.done / progress.total : null}
      />
    </div>
  )
}
