import { FileDown } from 'lucide-react'
import { useState } from 'react'
import type { Paper } from '../../../../shared/models/kit.ts'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useAction } from '../../lib/queries.ts'

const papers = [
  { value: 'a4', label: 'A4' },
  { value: 'letter', label: 'Letter' },
] as const

/** The words as a sheet to print, for who would rather not write them. */
export function SaveKit({ words }: { readonly words: string }) {
  const [paper, setPaper] = useState<Paper>(usualPaper)
  const [saved, setSaved] = useState(false)
  const save = useAction('kit.save')
  return (
    <div className="space-y-2">
      <div className="flex gap-2">
        <Button
          off={save.isPending}
          onClick={() => save.mutate({ words, paper }, { onSuccess: ({ saved: done }) => setSaved(done) })}
          className="flex-1"
        >
          <FileDown size={15} aria-hidden />
          {save.isPending ? 'Saving…' : 'Save a sheet to print…'}
        </Button>
        <Select label="Paper" value={paper} onChange={setPaper} choices={papers} className="w-26" />
      </div>
      {saved && (
        <p role="status" className="text-13 text-ink-muted">
          Saved. Print it, then delete the file: whoever finds it has the words.
        </p>
      )}
      {save.error !== null && <Problem error={save.error} />}
    </div>
  )
}

/** Letter is used in North America and few other places. */
function usualPaper(): Paper {
  return /-(US|CA|MX|PH|CL|CO|VE)$/.test(navigator.language) ? 'letter' : 'a4'
}
