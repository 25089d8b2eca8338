import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import type { RequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { Problem } from '../../components/ui/problem.tsx'

type FileLockProps = {
  readonly fileName: string
  /** Null: nothing was tried yet. */
  readonly wrong: RequestError | null
  readonly password: string
  readonly onPassword: (password: string) => void
  readonly onOpen: () => void
}

/** Asks for what opens an encrypted export: its own password, and a key file where it has one. */
export function FileLock({ fileName, wrong, password, onPassword, onOpen }: FileLockProps) {
  const chooseKey = useAction('import.chooseKeyFile')
  const keyFile = chooseKey.data?.fileName
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        onOpen()
      }}
    >
      <p>“{fileName}” is encrypted.</p>
      <PasswordField
        label="Password of the file"
        hint="The one of the file, not that of your vault. For age, a passphrase or an AGE-SECRET-KEY."
        value={password}
        onChange={onPassword}
        autoFocus
      />
      <p className="flex items-center gap-3">
        <Button off={chooseKey.isPending} onClick={() => chooseKey.mutate(undefined)}>
          {keyFile === undefined ? 'Add a key file…' : 'Another key file…'}
        </Button>
        <span className="min-w-0 truncate text-ink-muted">
          {keyFile === undefined ? 'Only where KeePass uses one' : visibleString(keyFile, 60)}
        </span>
      </p>
      {wrong !== null && <Problem error={wrong} />}
      {chooseKey.error !== null && <Problem error={chooseKey.error} />}
    </form>
  )
}
