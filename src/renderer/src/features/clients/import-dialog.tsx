import { useState } from 'react'
import { KeyFileInput, type KeyPreview, type Scope } from '../../../../shared/models/api-key.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { calendarDate, count } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { ImportDone } from '../transfer/import-done.tsx'
import { ScopeChoice } from './scope-choice.tsx'
import { scopeWords } from './scope-words.ts'

/** What the bridge that people come from let every key do. */
const usualScopes: ReadonlyArray<Scope> = ['openclaw:read', 'openclaw:write']

/** Takes over keys from a file: choose, look, import all or none, and then delete the file or not. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [scopes, setScopes] = useState<ReadonlyArray<Scope>>(usualScopes)
  const choose = useAction('keys.chooseFile')
  const take = useAction('keys.importFile')
  const chosen = choose.data ?? null
  const fileName = visibleString(chosen?.fileName ?? '', 60)

  if (take.data !== undefined) {
    return (
      <ImportDone
        way="delete"
        title={`${count(take.data.keys.length, 'key')} imported`}
        fileName={fileName}
        said="The programs that hold them can connect now, without a change of their key."
        warning={`“${fileName}” still holds the keys, readable for whoever gets the file. Clawkeep does not need it any more. Copies elsewhere, such as in a backup, you have to find yourself.`}
        onClose={onClose}
      />
    )
  }

  const preview = chosen?.preview ?? null
  const needsScopes = preview?.keys.some((key) => key.scopes === null) === true
  const isGood = preview !== null && preview.problems.length === 0
  const noScopes = needsScopes && !KeyFileInput.safeParse({ scopes }).success
  return (
    <Dialog
      open
      wide={preview !== null}
      onClose={onClose}
      title="Import keys"
      meaning="Keys that another program made go on working here. Clawkeep keeps just their fingerprints."
    >
      <DialogBody>
        <div className="space-y-4 text-13">
          {preview === null ? (
            <p className="text-ink-muted text-pretty">
              A text file with one key per line, a CSV file with the columns key, name, scopes and expires, or JSON with
              the same names. Nothing is imported before you have seen what is in it.
            </p>
          ) : (
            <>
              <p>
                In “{fileName}”: {count(preview.keys.length, 'key')}
                {preview.problems.length > 0 && `, ${count(preview.problems.length, 'line')} to put right`}
              </p>
              {preview.problems.length > 0 && <Problems problems={preview.problems} />}
              {preview.keys.length > 0 && <Preview keys={preview.keys} />}
              {isGood && needsScopes && (
                <ScopeChoice
                  legend="Those without scopes of their own may"
                  chosen={scopes}
                  onChange={setScopes}
                  problem={noScopes ? 'Choose at least one scope.' : undefined}
                />
              )}
            </>
          )}
          {choose.error !== null && <Problem error={choose.error} />}
          {take.error !== null && <Problem error={take.error} />}
        </div>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant={isGood ? 'secondary' : 'primary'}
          off={choose.isPending || take.isPending}
          onClick={() => choose.mutate(undefined)}
        >
          {preview === null ? 'Choose a file…' : 'Choose another…'}
        </Button>
        {isGood && (
          <Button
            variant="primary"
            off={take.isPending || noScopes}
            onClick={() => take.mutate({ scopes: scopes.length === 0 ? [...usualScopes] : [...scopes] })}
          >
            Import {count(preview.keys.length, 'key')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

function Problems({ problems }: Pick<KeyPreview, 'problems'>) {
  return (
    <div role="alert" className="rounded-lg bg-danger-soft px-3 py-2.5">
      <p className="font-medium">Nothing can be imported while these are wrong.</p>
      <ul tabIndex={0} aria-label="Lines to put right" className="mt-1 max-h-32 overflow-y-auto text-ink-muted">
        {problems.map(({ line, message }) => (
          <li key={`${line} ${message}`} className="wrap-anywhere">
            Line {line} {message}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Preview({ keys }: Pick<KeyPreview, 'keys'>) {
  const nowMs = Date.now()
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label="Keys in the file"
      className="max-h-56 overflow-y-auto rounded-lg border border-line"
    >
      <table className="w-full text-left">
        <thead className="text-12 text-ink-muted">
          <tr>
            <th className="px-3 py-2 font-medium">Name</th>
            <th className="px-3 py-2 font-medium">Key</th>
            <th className="px-3 py-2 font-medium">May</th>
            <th className="px-3 py-2 font-medium">Expires</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={`${key.line} ${key.prefix}`} className="border-t border-line">
              <td className="px-3 py-1.5 wrap-anywhere">{key.name}</td>
              <td className="px-3 py-1.5 font-mono text-12 whitespace-nowrap">{key.prefix}…</td>
              <td className="min-w-40 px-3 py-1.5 text-12 text-ink-muted">
                {key.scopes === null ? 'as you choose' : key.scopes.map((scope) => scopeWords[scope].short).join(', ')}
              </td>
              <td className="px-3 py-1.5 text-12 whitespace-nowrap text-ink-muted">
                {key.expiresAtMs === null ? 'never' : calendarDate(key.expiresAtMs, nowMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
