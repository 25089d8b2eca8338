import { AppError } from '../../shared/app-error.ts'
import { Scope, scopes } from '../../shared/models/api-key.ts'

/** Reads `a,b` of an option. Throws AppError invalid that names what is not a scope. */
export function parseScopes(text: string): Array<Scope> {
  return text.split(',').map((part) => {
    const scope = Scope.safeParse(part.trim())
    if (scope.success) return scope.data
    throw new AppError('invalid', `“${part.trim()}” is not a scope.`, { hint: `The scopes are ${scopes.join(', ')}.` })
  })
}
