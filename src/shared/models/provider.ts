import { z } from 'zod'
import { Scope } from './api-key.ts'

/** A scope as OAuth writes it (RFC 6749, 3.3). */
const ScopeName = z
  .string()
  .trim()
  .min(1, 'Write a scope.')
  .max(200, 'A scope has at most 200 characters.')
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'Write one scope, without spaces and quotes.')

const Endpoint = z
  .string()
  .trim()
  .max(2000, 'An address has at most 2,000 characters.')
  .refine(isEndpoint, 'Write an https:// address; http:// only for this computer (127.0.0.1, [::1]).')

const fields = {
  introspectionEndpoint: Endpoint,
  clientId: z.string().trim().min(1, 'Write the client id.').max(500, 'A client id has at most 500 characters.'),
  /** As it must stand in `iss` when the provider says it; also shown to clients as the place to sign in. */
  issuer: Endpoint.nullable().default(null),
  /** What tokens must be for; null: the address that the client calls, such as `http://127.0.0.1:7420/mcp`. */
  audience: z
    .string()
    .trim()
    .min(1, 'Write the audience, or leave it out.')
    .max(1000, 'An audience has at most 1,000 characters.')
    .nullable()
    .default(null),
  requiredScopes: z.array(ScopeName).max(20, 'At most 20 scopes.').default([]),
  /** The provider's scope, and what it allows here. Scopes of the same name count without a line. */
  scopeMap: z.record(ScopeName, z.array(Scope).min(1, 'Name at least one scope of Clawkeep.')).default({}),
}
const ClientSecret = z.string().min(1, 'Write the client secret.').max(2000, 'A secret has at most 2,000 characters.')

/** Another server that vouches for tokens (RFC 7662), complete with Clawkeep's secret there. */
export const Provider = z.strictObject({ ...fields, clientSecret: ClientSecret })
export type Provider = z.infer<typeof Provider>

/** What a person gives; without a secret the one that is known stays. */
export const ProviderInput = z.strictObject({ ...fields, clientSecret: ClientSecret.optional() })
export type ProviderInput = z.infer<typeof ProviderInput>

/** What the window sees: everything but the secret. */
export const ProviderView = z.object({
  ...fields,
  /** From the environment of `serve`: it cannot be changed here. */
  isFixed: z.boolean(),
  /** Why the last token could not be checked; null: it could, or none has come. */
  problem: z.string().nullable(),
})
export type ProviderView = z.infer<typeof ProviderView>

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, hash } = new URL(text)
  if (username !== '' || password !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
}
