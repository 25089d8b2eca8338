import { z } from 'zod'

/**
 * One test of an argument, found by JSON pointer (RFC 6901). Exactly one test per entry. Of a request that leaves the machine,
 * `/method`, `/url` and `/headers/NAME` are what will be sent; a NAME has no case, and a header that is sent twice cannot be
 * judged, which denies.
 */
export const ArgumentTest = z.union([
  z.strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
  z.strictObject({ path: z.string(), in: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }),
  z.strictObject({ path: z.string(), prefix: z.string() }),
  z.strictObject({ path: z.string(), glob: z.string().max(500) }),
  z.strictObject({ path: z.string(), host: z.string() }),
  z.strictObject({ path: z.string(), range: z.tuple([z.number(), z.number()]) }),
  z.strictObject({ path: z.string(), absent: z.literal(true) }),
])
export type ArgumentTest = z.infer<typeof ArgumentTest>

export const PolicyRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  then: z.enum(['allow', 'deny', 'ask']),
  when: z
    .strictObject({
      /** Name or id of a client; one that signs in names itself, so an allow rule meets it by its id alone. */
      client: z.string().optional(),
      /** Name or id of an assistant. */
      assistant: z.string().optional(),
      /** Tool name; a trailing `*` matches the rest. */
      tool: z.string().optional(),
      args: z.array(ArgumentTest).optional(),
      /** Name of an item; the rule only matches a request that uses it. */
      secret: z.string().optional(),
    })
    .default({}),
  limit: z.strictObject({ uses: z.int().positive(), per: z.string().regex(/^\d+[smhd]$/) }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
})
export type PolicyRule = z.infer<typeof PolicyRule>

/** An address the broker would otherwise refuse (loopback, private, link-local), opened on purpose. */
export const NetworkException = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  /** PEM of the certificate authority to trust for this address only. */
  ca: z.string().max(20_000).optional(),
  note: z.string().max(200).default(''),
})
export type NetworkException = z.infer<typeof NetworkException>

export const Policy = z.strictObject({
  version: z.literal(1),
  default: z.enum(['allow', 'deny', 'ask']),
  rules: z.array(PolicyRule).max(500),
  network: z.array(NetworkException).max(50).default([]),
})
export type Policy = z.infer<typeof Policy>

/**
 * A policy that is to be put in force. One that was stored before is read as `Policy`, or nothing would be allowed any more; a
 * limit that cannot be counted would let its rule allow for ever.
 */
export const NewPolicy = Policy.superRefine(({ rules }, context) => {
  for (const [at, { id, limit }] of rules.entries()) {
    if (rules.findIndex((rule) => rule.id === id) !== at)
      context.addIssue({
        code: 'custom',
        path: ['rules', at, 'id'],
        message: `Two rules have the id “${id}”; uses are counted by it.`,
      })
    if (limit !== undefined && Number.parseInt(limit.per, 10) === 0)
      context.addIssue({
        code: 'custom',
        path: ['rules', at, 'limit', 'per'],
        message: `The limit of the rule “${id}” is for no time at all; write how long it counts, such as 1h.`,
      })
  }
})
