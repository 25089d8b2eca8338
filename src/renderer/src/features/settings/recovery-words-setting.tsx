import { lazy, Suspense, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Setting } from './section.tsx'

const RecoveryWordsDialog = lazy(async () => ({
  default: (await import('./recovery-words-dialog.tsx')).RecoveryWordsDialog,
}))

/** The way back in after the password was forgotten. */
export function RecoveryWordsSetting() {
  const [open, setOpen] = useState(false)
  return (
    <Setting
      name="Recovery words"
      meaning="24 words on paper that replace a forgotten password. New ones end the old ones."
    >
      <Button onClick={() => setOpen(true)}>Make new ones…</Button>
      {open && (
        <Suspense>
          <RecoveryWordsDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Setting>
  )
}
