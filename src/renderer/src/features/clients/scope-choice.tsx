import { type Scope, scopes } from '../../../../shared/models/api-key.ts'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { scopeWords } from './scope-words.ts'

type ScopeChoiceProps = {
  readonly legend: string
  readonly chosen: ReadonlyArray<Scope>
  readonly onChange: (chosen: ReadonlyArray<Scope>) => void
  readonly problem?: string | undefined
}

/** What a client may ask, to tick. */
export function ScopeChoice({ legend, chosen, onChange, problem }: ScopeChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-2 text-13 font-medium">{legend}</legend>
      <div className="space-y-3">
        {scopes.map((scope) => (
          <Checkbox
            key={scope}
            checked={chosen.includes(scope)}
            onChange={(on) => onChange(scopes.filter((other) => (other === scope ? on : chosen.includes(other))))}
            label={scopeWords[scope].title}
            meaning={scopeWords[scope].meaning}
          />
        ))}
      </div>
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-12 font-medium text-danger">
          {problem}
        </p>
      )}
    </fieldset>
  )
}
