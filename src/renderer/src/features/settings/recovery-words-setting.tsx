import { lazy, Suspense, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Setting } from './section.tsx'

const RecoveryWordsDialog = lazy(async () => ({
  default: (await import('./recovery-words-dialog.tsx')).RecoveryWordsDialog,
}))

const EndWordsDialog = lazy(async () => ({
  default: (await import('./end-words-dialog.tsx')).EndWordsDialog,
}))

/** The way back in after the password was forgotten. */
export function RecoveryWordsSetting() {
  const [open, setOpen] = useState<'make' | 'end' | null>(null)
  const close = () => setOpen(null)
  return (
    <Setting
      name="Recovery words"
      meaning="24 words on paper that replace a forgotten password. New ones end the old ones."
    >
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => setOpen('end')}>End them…</Button>
        <Button onClick={() => setOpen('make')}>Make new ones…</Button>
      </div>
      <Suspense>
        {open === 'make' && <RecoveryWordsDialog onClose={close} />}
        {open === 'end' && <EndWordsDialog onClose={close} />}
      </Suspense>
    </Setting>
  )
}
