import type { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { DoorSettings } from '../../shared/models/door.ts'

/**
 * What the environment says instead of the settings: CORS_ORIGINS and ALLOWED_HOSTS, lists with commas. A variable that is
 * empty counts as absent. Throws AppError invalid that names the variable.
 */
export function readDoorEnvironment(environment: NodeJS.ProcessEnv): Partial<DoorSettings> {
  return {
    ...listed(environment, 'CORS_ORIGINS', 'origins'),
    ...listed(environment, 'ALLOWED_HOSTS', 'hosts'),
  }
}

function listed(environment: NodeJS.ProcessEnv, variable: string, field: 'origins' | 'hosts'): Partial<DoorSettings> {
  const entries = (environment[variable] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  if (entries.length === 0) return {}
  return { [field]: parseVariable(DoorSettings.shape[field], entries, variable) }
}

function parseVariable<T>(schema: z.ZodType<T>, value: unknown, variable: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AppError('invalid', `${variable} does not fit. ${parsed.error.issues[0]?.message ?? ''}`.trim(), {
    hint: 'Correct the variable and start again.',
  })
}
