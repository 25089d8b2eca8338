import type { Scope } from '../../../../shared/models/api-key.ts'
import { scopeWords } from './scope-words.ts'

/** What a client may ask, each scope with its meaning. */
export function ScopeList({ scopes }: { readonly scopes: ReadonlyArray<Scope> }) {
  return (
    <ul className="space-y-2 pt-0.5">
      {scopes.map((scope) => (
        <li key={scope}>
          <p className="flex flex-wrap items-baseline gap-x-2">
            {scopeWords[scope].title}
            <code className="font-mono text-12 text-ink-muted">{scope}</code>
          </p>
          <p className="text-12 text-ink-muted">{scopeWords[scope].meaning}</p>
        </li>
      ))}
    </ul>
  )
}
