import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useSnippets } from '../../lib/queries.ts'
import { SnippetView } from '../connect/snippet-view.tsx'

type NewKeyProps = {
  readonly secret: string
  /** False while the MCP server does not run. */
  readonly running: boolean
  readonly onDone: () => void
}

/** The key, once, and what to paste where. */
export function NewKey({ secret, running, onDone }: NewKeyProps) {
  const snippets = useSnippets()
  const [program, setProgram] = useState('generic')
  return (
    <>
      <DialogBody>
        <div className="flex items-center gap-2 rounded-lg border border-accent bg-accent-soft py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 font-mono text-13 break-all">{secret}</code>
          <CopyButton label="Copy key" text={secret} words="Copy key" />
        </div>
        {!running && (
          <p className="mt-2 text-12 text-danger">The MCP server is not running now; the usual address stands below.</p>
        )}
        <Loaded query={snippets} what="Reading the snippets">
          {(all) => {
            const snippet = all.find(({ id }) => id === program)
            return (
              <>
                <div className="mt-4 mb-3 flex items-center gap-3 text-13 font-medium">
                  <span>For</span>
                  <Select
                    label="Program"
                    value={program}
                    onChange={setProgram}
                    choices={all.toReversed().map(({ id, name }) => ({ value: id, label: name }))}
                    className="w-52"
                  />
                </div>
                {snippet !== undefined && <SnippetView snippet={snippet} secret={secret} />}
              </>
            )
          }}
        </Loaded>
      </DialogBody>
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          I have saved the key
        </Button>
      </DialogActions>
    </>
  )
}
