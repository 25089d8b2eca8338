import { lazy, Suspense, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Setting } from './section.tsx'

const ImportDialog = lazy(async () => ({
  default: (await import('../transfer/import-dialog.tsx')).ImportDialog,
}))
const ExportDialog = lazy(async () => ({
  default: (await import('../transfer/export-dialog.tsx')).ExportDialog,
}))

/** Items that come from elsewhere, and all of them going into one file. */
export function TransferSetting() {
  const [open, setOpen] = useState<'import' | 'export' | null>(null)
  const close = () => setOpen(null)
  return (
    <Setting name="Import and export" meaning="Take over the items of another program, or write yours into one file.">
      <div className="flex gap-2">
        <Button onClick={() => setOpen('import')}>Import…</Button>
        <Button onClick={() => setOpen('export')}>Export…</Button>
      </div>
      <Suspense>
        {open === 'import' && <ImportDialog onClose={close} />}
        {open === 'export' && <ExportDialog onClose={close} />}
      </Suspense>
    </Setting>
  )
}
