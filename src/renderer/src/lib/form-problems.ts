import './no-eval.ts'
import type { ZodType } from 'zod'

type Checked<T> = { readonly value: T } | { readonly problems: Readonly<Record<string, string>> }

/**
 * Checks a form with the schema its route will use: the value to send, or what is wrong, by field (first part of the path) and by the
 * whole path (`fields.2.name`).
 */
export function checkForm<T>(schema: ZodType<T>, input: unknown): Checked<T> {
  const result = schema.safeParse(input)
  if (result.success) return { value: result.data }
  const problems: Record<string, string> = {}
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? 'form')
    problems[field] ??= issue.message
    problems[issue.path.join('.')] ??= issue.message
  }
  return { problems }
}
