import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useSnippets, useStatus } from '../../lib/queries.ts'
import { SnippetView } from '../connect/snippet-view.tsx'

type NewKeyDialogProps = {
  readonly title: string
  /** What else there is to know, after that it is shown only now. */
  readonly more: string
  readonly secret: string
  readonly onDone: () => void
}

/** The key, once, and what to paste where. */
export function NewKeyDialog({ title, more, secret, onDone }: NewKeyDialogProps) {
  const status = useStatus().data
  const snippets = useSnippets()
  const [program, setProgram] = useState('generic')
  return (
    <Dialog
      open
      wide
      dismissable={false}
      onClose={onDone}
      title={title}
      meaning={`This is the only time it is shown. ${more}`}
    >
      <DialogBody>
        <div className="flex items-center gap-2 rounded-lg border border-accent bg-accent-soft py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 font-mono text-13 break-all">{secret}</code>
          <CopyButton label="Copy key" text={secret} secret words="Copy key" />
        </div>
        {status?.mcpUrl === null && (
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
    </Dialog>
  )
}
