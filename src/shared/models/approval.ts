import { z } from 'zod'
import { NamedAsker } from './asker.ts'
import { Consent, Consented, ConsentTerms } from './sign-in.ts'

export const ApprovalState = z.enum(['pending', 'allowed', 'denied', 'expired', 'cancelled'])
export type ApprovalState = z.infer<typeof ApprovalState>

/** One secret of the request: which item, and where it goes. */
export const SecretUse = z.object({
  itemId: z.string(),
  name: z.string(),
  /** Such as `header Authorization` or `body`. */
  placement: z.string(),
})
export type SecretUse = z.infer<typeof SecretUse>

/** A reason to look twice; `text` is Clawkeep's own words. */
export const Risk = z.object({
  id: z.enum([
    'writes',
    'deletes',
    'first-use',
    'new-host',
    'local-network',
    'look-alike-host',
    'look-alike-name',
    'plain-http',
    'hidden-text',
  ]),
  text: z.string(),
})
export type Risk = z.infer<typeof Risk>

/** The exact request, as it will run. Every string in it comes from the asker and is hostile. */
export const RequestView = z.object({
  method: z.string(),
  url: z.string(),
  host: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  /** `text` is capped at 16 KiB; `bytes` is the whole size. */
  body: z.object({ text: z.string(), bytes: z.number(), truncated: z.boolean() }).nullable(),
})
export type RequestView = z.infer<typeof RequestView>

/** A question to the person. */
export const Approval = z.object({
  id: z.string(),
  state: ApprovalState,
  asker: NamedAsker,
  /** `http_request` for a client, `egress` for an assistant, `sign_in` for a program that wants to be a client. */
  tool: z.string(),
  request: RequestView,
  secrets: z.array(SecretUse),
  /** The asker's own words; empty when it gave none. */
  reason: z.string(),
  risks: z.array(Risk),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  decidedAtMs: z.number().nullable(),
  decidedBy: z.enum(['window', 'cli', 'system']).nullable(),
  /** Why it was denied, expired or cancelled; told to the asker. */
  answer: z.string(),
  /** True once the allowed call has run; an approval is used once. */
  used: z.boolean(),
  grantId: z.string().nullable(),
  /** What a sign-in asks for; null for all other questions. */
  consent: Consent.nullable().default(null),
  /** What the person allowed of it. */
  consented: Consented.nullable().default(null),
})
export type Approval = z.infer<typeof Approval>

export const Decision = z.discriminatedUnion('answer', [
  z.strictObject({
    answer: z.literal('allow'),
    /** Also answer this asker's later calls of this tool to this host with these secrets; absent: this call only. */
    grant: z
      .strictObject({
        forMinutes: z.number().positive().max(1440),
        uses: z.int().positive().max(1000).nullable().default(null),
      })
      .optional(),
    /** For a sign-in: the scopes that are left, and for how long. */
    consent: ConsentTerms.optional(),
  }),
  z.strictObject({ answer: z.literal('deny'), reason: z.string().trim().max(500).default('') }),
])
export type Decision = z.infer<typeof Decision>

/** A standing answer made from an approval. */
export const Grant = z.object({
  id: z.string(),
  approvalId: z.string(),
  asker: NamedAsker,
  tool: z.string(),
  host: z.string(),
  itemIds: z.array(z.string()),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  usesLeft: z.number().nullable(),
  usedCount: z.number(),
  revokedAtMs: z.number().nullable(),
})
export type Grant = z.infer<typeof Grant>
