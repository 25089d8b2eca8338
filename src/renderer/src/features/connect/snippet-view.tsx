import { keyPlaceholder, type Snippet } from '../../../../shared/models/connection.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'

type SnippetViewProps = {
  readonly snippet: Snippet
  /** Put in the place of the mark, where there is one to put in. */
  readonly secret?: string
}

/** A piece of configuration to copy, where it belongs, and one line for a terminal that does the same. */
export function SnippetView({ snippet, secret = keyPlaceholder }: SnippetViewProps) {
  const { name, where, note } = snippet
  const isFilled = secret !== keyPlaceholder
  const holdsKey = (text: string): boolean => isFilled && text.includes(keyPlaceholder)
  const filled = (text: string): string => text.replaceAll(keyPlaceholder, secret)
  return (
    <>
      <div className="mb-2 flex items-center gap-3">
        <p className="min-w-0 flex-1 text-13 text-ink-muted wrap-anywhere">
          Goes into <span className="selectable text-ink">{where}</span>
        </p>
        <CopyButton
          label={`Copy for ${name}`}
          text={filled(snippet.text)}
          secret={holdsKey(snippet.text)}
          words="Copy"
        />
      </div>
      <Block label={`Configuration for ${name}`} text={filled(snippet.text)} />
      {snippet.command !== null && (
        <>
          <div className="mt-3 mb-2 flex items-center gap-3">
            <p className="min-w-0 flex-1 text-13 text-ink-muted">Or one line in a terminal</p>
            <CopyButton
              label={`Copy the line for ${name}`}
              text={filled(snippet.command)}
              secret={holdsKey(snippet.command)}
              words="Copy"
            />
          </div>
          <Block label={`Line for ${name}`} text={filled(snippet.command)} />
        </>
      )}
      {note !== null && <p className="mt-2 text-12 text-ink-muted text-pretty">{note}</p>}
      {!isFilled && (
        <p className="mt-2 text-12 text-ink-muted text-pretty">
          Put a key in the place of <code className="font-mono">{keyPlaceholder}</code>: make one with “Make a key”
          under Clients, Keys and sign-ins.
        </p>
      )}
    </>
  )
}

function Block({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <pre
      tabIndex={0}
      aria-label={label}
      className="max-h-56 overflow-auto rounded-lg border border-line bg-sunken px-3 py-2.5 font-mono text-12"
    >
      {text}
    </pre>
  )
}
