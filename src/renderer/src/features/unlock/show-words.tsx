import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { SaveKit } from './save-kit.tsx'
import { WordGrid } from './word-grid.tsx'

/** The second step: the recovery words of the new vault, shown this once. */
export function ShowWords({ words, onDone }: { readonly words: string; readonly onDone: () => void }) {
  const [kept, setKept] = useState(false)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  return (
    <>
      <h1 ref={title} tabIndex={-1} className="mt-5 text-28 font-semibold outline-none">
        Write these words down
      </h1>
      <p className="mt-2 mb-5 text-14 text-ink-muted text-pretty">
        If you forget the password, these 24 words let you set a new one. Clawkeep shows them only now.
      </p>
      <WordGrid words={words} />
      <div className="mt-3">
        <SaveKit words={words} />
      </div>
      <div className="mt-5 space-y-5">
        <Checkbox
          checked={kept}
          onChange={setKept}
          label="They are on paper, in this order"
          meaning="Keep it where nobody looks: whoever has the words and this computer can open the vault."
        />
        <Button variant="primary" size="lg" off={!kept} onClick={onDone} className="w-full">
          Continue
        </Button>
      </div>
    </>
  )
}
