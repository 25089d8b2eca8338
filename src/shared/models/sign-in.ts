import { z } from 'zod'
import { Scope } from './api-key.ts'

/** What a program that wants to sign in says of itself, and what it would get. All text but the scopes is hostile. */
export const Consent = z.object({
  /** An https address (its document says the name) or an id that Clawkeep gave when the program registered itself. */
  clientId: z.string(),
  /** `document`: the host in the client id vouches for name and redirect; `registration`: nobody does. */
  identity: z.enum(['document', 'registration']),
  redirectUri: z.string(),
  /** Who gets the answer: a program on this machine, the app that owns a scheme, or a web server. */
  redirectTo: z.enum(['machine', 'app', 'web']),
  /** `held`: it has this scope already, from an earlier sign-in. */
  scopes: z.array(z.object({ scope: Scope, held: z.boolean() })),
})
export type Consent = z.infer<typeof Consent>

/** What the person allowed of it. */
export const Consented = z.object({
  scopes: z.array(Scope),
  /** When the person has to be asked again; null: never, until it is revoked or long unused. */
  endsAtMs: z.number().nullable(),
})
export type Consented = z.infer<typeof Consented>

/** The answer to a consent, beside "allow". */
export const ConsentTerms = z.strictObject({
  scopes: z.array(Scope).min(1, 'Leave at least one scope, or deny.'),
  forDays: z.number().positive().max(365).nullable(),
})
export type ConsentTerms = z.infer<typeof ConsentTerms>

/** A program that signed in; its tokens are never shown, and only their SHA-256 is kept. */
export const SignIn = z.object({
  id: z.string(),
  /** What the program calls itself; hostile text. */
  name: z.string(),
  clientId: z.string(),
  identity: Consent.shape.identity,
  redirectHost: z.string(),
  scopes: z.array(Scope),
  state: z.enum(['active', 'expired', 'revoked']),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
  /** When the person has to be asked again at the latest; null: never. It also ends when unused for 30 days. */
  endsAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
  /** `reuse`: a refresh token came back that had been used before, so somebody may have copied it. */
  revokedBecause: z.enum(['person', 'client', 'reuse']).nullable(),
})
export type SignIn = z.infer<typeof SignIn>
