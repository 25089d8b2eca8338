import { AppError } from '../../shared/app-error.ts'
import type { Approval, Decision } from '../../shared/models/approval.ts'
import type { Consent, Consented, ConsentTerms } from '../../shared/models/sign-in.ts'

export type Allow = Extract<Decision, { answer: 'allow' }>

const dayMs = 86_400_000
/** How long a sign-in lasts when the answer does not say. */
const usualDays = 30

/** Refuses terms that do not fit the question, before anything is written. Throws AppError invalid. */
export function checkTerms({ consent }: Approval, { grant, consent: terms }: Allow): void {
  if (consent === null && terms !== undefined)
    throw new AppError('invalid', 'This question is not a sign-in, so there are no scopes to choose.', {
      hint: 'Allow it without scopes.',
    })
  if (consent !== null && grant !== undefined)
    throw new AppError('invalid', 'A sign-in is not allowed by a grant.', { hint: 'Choose scopes and days instead.' })
  const asked = consent?.scopes.map(({ scope }) => scope) ?? []
  if (terms?.scopes.some((scope) => !asked.includes(scope)) === true)
    throw new AppError('invalid', 'The program did not ask for all of these scopes.', {
      hint: `It asked for ${asked.join(', ')}.`,
    })
}

/** What an "allow" gives the program: all it asked for, unless the person chose. */
export function consentedOf(consent: Consent, terms: ConsentTerms | undefined, nowMs: number): Consented {
  const days = terms === undefined ? usualDays : terms.forDays
  const asked = consent.scopes.map(({ scope }) => scope)
  return {
    scopes: asked.filter((scope) => terms === undefined || terms.scopes.includes(scope)),
    endsAtMs: days === null ? null : nowMs + days * dayMs,
  }
}
