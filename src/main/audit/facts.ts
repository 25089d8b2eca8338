import { AppError } from '../../shared/app-error.ts'
import { AuditEntry } from '../../shared/models/audit.ts'

/** What a caller says about an act; the log adds index, time, phase and the id that joins opener and closer. */
export type AuditFacts = Omit<AuditEntry, 'index' | 'atMs' | 'phase' | 'op'>

/** An entry that has no place in the log yet. */
export type Draft = Omit<AuditEntry, 'index'>

const DraftModel = AuditEntry.omit({ index: true })

/**
 * Facts in the form of the log; unknown fields are refused, so no value slips in beside them. Throws an Error that
 * names fields, never their content: a caller with such facts has a bug, and its act must not run.
 */
export function draftOf(facts: AuditFacts, more: Pick<Draft, 'atMs' | 'phase' | 'op'>): Draft {
  const parsed = DraftModel.safeParse({ ...facts, ...more })
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => issue.path.join('.') || issue.code)
    throw new Error(`Facts that fit no audit entry: ${where.join(', ')}`)
  }
  // It has no canonical form; better found here than in the middle of other callers' commit.
  if (hasLoneSurrogate(parsed.data)) throw new Error('Facts with a lone surrogate')
  return parsed.data
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed()
  if (typeof value !== 'object' || value === null) return false
  for (const key in value) if (hasLoneSurrogate((value as Record<string, unknown>)[key])) return true
  return false
}

const refusals: ReadonlySet<string> = new Set([
  'refused',
  'forbidden_scope',
  'unauthorized',
  'locked',
  'throttled',
  'wrong_password',
  'password_needed',
  'rolled_back',
])

/** How an act ended that threw: outcome and error code, never the error's text. */
export function outcomeOf(error: unknown): Pick<AuditFacts, 'outcome' | 'code'> {
  if (error instanceof AppError) {
    const { code } = error
    if (code === 'cancelled') return { outcome: 'cancelled', code }
    return { outcome: refusals.has(code) ? 'refused' : 'failed', code }
  }
  if (error instanceof Error && error.name === 'AbortError') return { outcome: 'cancelled', code: 'cancelled' }
  return { outcome: 'failed', code: 'internal' }
}
