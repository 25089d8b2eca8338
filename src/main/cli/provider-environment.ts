import { AppError } from '../../shared/app-error.ts'
import { Provider } from '../../shared/models/provider.ts'
import { readTextFile } from './read-input.ts'

/**
 * The provider of tokens as the environment names it, or null when OAUTH_ENABLED is not `true`: OAUTH_INTROSPECTION_ENDPOINT,
 * OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET or OAUTH_CLIENT_SECRET_FILE, OAUTH_REQUIRED_SCOPES, and for what the bridge does not
 * know OAUTH_AUDIENCE, OAUTH_ISSUER and OAUTH_SCOPE_MAP (`theirs=ours+ours,theirs=ours`). Throws AppError invalid that names
 * the variable and never its value.
 */
export function readProviderEnvironment(environment: NodeJS.ProcessEnv): Provider | null {
  if (environment['OAUTH_ENABLED']?.trim().toLowerCase() !== 'true') return null
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined
  const parsed = Provider.safeParse({
    introspectionEndpoint: given('OAUTH_INTROSPECTION_ENDPOINT') ?? '',
    clientId: given('OAUTH_CLIENT_ID') ?? '',
    clientSecret: readSecret(given('OAUTH_CLIENT_SECRET'), given('OAUTH_CLIENT_SECRET_FILE')),
    issuer: given('OAUTH_ISSUER') ?? null,
    audience: given('OAUTH_AUDIENCE') ?? null,
    requiredScopes: (given('OAUTH_REQUIRED_SCOPES') ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    scopeMap: readScopeMap(given('OAUTH_SCOPE_MAP') ?? ''),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw wrong(variables[String(issue?.path[0])] ?? 'OAUTH_…', issue?.message ?? '')
}

const variables: Readonly<Record<string, string>> = {
  introspectionEndpoint: 'OAUTH_INTROSPECTION_ENDPOINT',
  clientId: 'OAUTH_CLIENT_ID',
  clientSecret: 'OAUTH_CLIENT_SECRET',
  issuer: 'OAUTH_ISSUER',
  audience: 'OAUTH_AUDIENCE',
  requiredScopes: 'OAUTH_REQUIRED_SCOPES',
  scopeMap: 'OAUTH_SCOPE_MAP',
}

function readSecret(secret: string | undefined, file: string | undefined): string {
  if (secret !== undefined && file !== undefined)
    throw wrong('OAUTH_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET_FILE is set too: keep one of them.')
  if (file === undefined) return secret ?? ''
  try {
    return readTextFile(file).trim()
  } catch (error) {
    throw wrong('OAUTH_CLIENT_SECRET_FILE', 'The file cannot be read.', error)
  }
}

function readScopeMap(text: string): Record<string, ReadonlyArray<string>> {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry): [string, ReadonlyArray<string>] => {
      const [theirs = '', ours = ''] = entry.split('=')
      return [theirs.trim(), ours.split('+').map((scope) => scope.trim())]
    })
  return Object.fromEntries(entries)
}

function wrong(variable: string, message: string, cause?: unknown): AppError {
  return new AppError('invalid', `${variable} does not fit. ${message}`.trim(), {
    hint: 'Correct the variable and start again.',
    cause,
  })
}
