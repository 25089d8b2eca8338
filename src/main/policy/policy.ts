import type { NamedAsker } from '../../shared/models/asker.ts'
import type { Policy, PolicyRule } from '../../shared/models/policy.ts'
import { passesTest } from './argument-test.ts'
import { defaultPolicy } from './default-policy.ts'

export { defaultPolicy } from './default-policy.ts'

/** What the rules are asked about. `secretNames` are the names of the items the request uses. */
export type PolicyRequest = {
  readonly asker: NamedAsker
  /** Whether the person gave the asker its name; one that signs in brings its own. */
  readonly isNamedByPerson: boolean
  readonly tool: string
  readonly args: unknown
  readonly secretNames: ReadonlyArray<string>
  readonly host: string | null
}

/** What the rules say, and which of them said it: a rule's id, `RULE:limit` for one that is used up, or `default`. */
export type Verdict = { readonly answer: 'allow' | 'deny' | 'ask'; readonly rule: string }

export type PolicyInput = {
  readonly request: PolicyRequest
  readonly policy: Policy
  /** How often a rule has allowed something in the last `perMs` milliseconds. */
  readonly usage: (ruleId: string, perMs: number) => number
  readonly nowMs: number
}

/** Most uses that a limit can count; a larger limit means this many, so that counting stays bounded. */
export const mostCountedUses = 10_000

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Deny beats ask beats allow; the first matching rule of the winning kind is named. A rule that cannot be judged denies.
 * An expired rule is not there. An allow rule that is used up asks.
 * When nothing matches and the policy would ask, the rules of `defaultPolicy` come first: what they allow has nothing to show
 * in a prompt, so a person's own policy need not repeat them. A policy whose default is deny denies that too.
 */
export function decidePolicy(input: PolicyInput): Verdict {
  const own = decideRules(input, input.policy.rules)
  if (own !== null) return own
  const builtin = input.policy.default === 'ask' ? decideRules(input, defaultPolicy.rules) : null
  return builtin ?? { answer: input.policy.default, rule: 'default' }
}

function decideRules(input: PolicyInput, rules: ReadonlyArray<PolicyRule>): Verdict | null {
  let best: Verdict | null = null
  for (const rule of rules) {
    const verdict = judge(rule, input)
    if (verdict === null) continue
    if (verdict.answer === 'deny') return verdict
    if (best === null || (best.answer === 'allow' && verdict.answer === 'ask')) best = verdict
  }
  return best
}

function judge(rule: PolicyRule, input: PolicyInput): Verdict | null {
  try {
    if (rule.until !== undefined && input.nowMs >= timeOf(rule.until)) return null
    if (!fits(rule, input.request)) return null
    if (rule.then === 'allow' && isUsedUp(rule, input.usage)) return { answer: 'ask', rule: `${rule.id}:limit` }
    return { answer: rule.then, rule: rule.id }
  } catch {
    return { answer: 'deny', rule: rule.id }
  }
}

function fits(rule: PolicyRule, request: PolicyRequest): boolean {
  const { client, assistant, tool, secret, args } = rule.when
  if (client !== undefined && !isFrom(rule, 'client', client, request)) return false
  if (assistant !== undefined && !isFrom(rule, 'assistant', assistant, request)) return false
  if (tool !== undefined && !isTool(tool, request.tool)) return false
  if (secret !== undefined && !usesSecret(rule, secret, request.secretNames)) return false
  return passesAll(args ?? [], request.args)
}

/** False as soon as one test surely fails, in whatever order they stand; throws when that is not so and one cannot be judged. */
function passesAll(tests: NonNullable<PolicyRule['when']['args']>, args: unknown): boolean {
  let unjudged = false
  for (const test of tests) {
    try {
      if (!passesTest(test, args)) return false
    } catch {
      unjudged = true
    }
  }
  if (unjudged) throw new TypeError('A test of this rule cannot be judged')
  return true
}

/** An allow rule for one secret must not let a second one through with it; deny and ask look for any use. */
function usesSecret(rule: PolicyRule, secret: string, names: ReadonlyArray<string>): boolean {
  const same = (name: string): boolean => name.normalize('NFC') === secret.normalize('NFC')
  return rule.then === 'allow' ? names.length > 0 && names.every(same) : names.some(same)
}

/** A program could call itself what stands in an allow rule; what it calls itself may only make the answer stricter. */
function isFrom(rule: PolicyRule, kind: NamedAsker['kind'], nameOrId: string, request: PolicyRequest): boolean {
  const { asker, isNamedByPerson } = request
  if (asker.kind !== kind) return false
  if (asker.id === nameOrId) return true
  if (rule.then === 'allow' && !isNamedByPerson) return false
  return asker.name.normalize('NFC') === nameOrId.normalize('NFC')
}

function isTool(pattern: string, tool: string): boolean {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === tool
  if (star !== pattern.length - 1) throw new TypeError('A * stands only at the end of a tool name')
  return tool.startsWith(pattern.slice(0, -1))
}

function isUsedUp(rule: PolicyRule, usage: PolicyInput['usage']): boolean {
  if (rule.limit === undefined) return false
  return usage(rule.id, durationMs(rule.limit.per)) >= Math.min(rule.limit.uses, mostCountedUses)
}

function durationMs(text: string): number {
  const read = /^(\d+)([smhd])$/.exec(text)
  // In no time nothing is counted.
  if (read === null || Number(read[1]) === 0) throw new TypeError('Not a duration')
  return Number(read[1]) * unitMs[read[2] as keyof typeof unitMs]
}

function timeOf(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new TypeError('Not a time')
  return ms
}
