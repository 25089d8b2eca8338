import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { useStayAwake } from '../../lib/stay-awake.ts'
import type { NewVault } from './new-vault.ts'
import { SaveKit } from './save-kit.tsx'
import { WordGrid } from './word-grid.tsx'

/** The second step: the recovery words of the new vault, shown this once. */
export function ShowWords({ words, newVault }: { readonly words: string; readonly newVault: NewVault }) {
  // The vault is open, and locking it would take the words away.
  useStayAwake()
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
        <Button
          variant="primary"
          size="lg"
          off={!kept || newVault.confirming}
          onClick={newVault.confirm}
          className="w-full"
        >
          Continue
        </Button>
      </div>
    </>
  )
}
