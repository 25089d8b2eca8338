import { createHash } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { RequestView, Risk, SecretUse } from '../../shared/models/approval.ts'
import type { NamedAsker } from '../../shared/models/asker.ts'
import type { Consent } from '../../shared/models/sign-in.ts'
import { canonicalJson } from '../canonical-json.ts'

/** What is asked of the person: who asks, what exactly would run, and what the prompt shows of it. */
export type Question = {
  readonly asker: NamedAsker
  readonly tool: string
  /** Hash of the tool's definition; a changed tool voids the answer. */
  readonly definitionHash: string
  /** From `hashArgs`. */
  readonly argsHash: string
  /** Version of the policy that said "ask". */
  readonly policyVersion: string
  readonly request: RequestView
  readonly secrets: ReadonlyArray<SecretUse>
  readonly reason: string
  readonly risks: ReadonlyArray<Risk>
  /** For a sign-in. */
  readonly consent?: Consent
}

/** The parts of a question that its answer is bound to. */
export type Bound = Pick<Question, 'tool' | 'definitionHash' | 'argsHash' | 'policyVersion' | 'request' | 'secrets'> & {
  readonly asker: Pick<NamedAsker, 'kind' | 'id'>
  readonly consent?: Consent | null
}

/** SHA-256 (hex) of the arguments' canonical form; bytes in them count by their own hash. Throws AppError invalid. */
export function hashArgs(args: unknown): string {
  try {
    return hash(canonicalJson(withoutBytes(args)))
  } catch (error) {
    throw new AppError('invalid', 'The arguments hold something that cannot be written as JSON.', {
      hint: 'Send plain JSON with valid Unicode text.',
      cause: error,
    })
  }
}

/** Equal for two calls that are the same act under the same rules. */
export function callHash(bound: Bound): string {
  return hash(canonicalJson(boundParts(bound)))
}

/** What a decision is bound to: the call and the moment the question expires (SHA-256, hex). */
export function questionDigest(bound: Bound, expiresAtMs: number): string {
  return hash(canonicalJson({ ...boundParts(bound), expiresAtMs }))
}

function boundParts(bound: Bound) {
  return {
    format: 'clawkeep/question/1',
    asker: { kind: bound.asker.kind, id: bound.asker.id },
    tool: bound.tool,
    definitionHash: bound.definitionHash,
    args: bound.argsHash,
    shown: hash(canonicalJson({ request: bound.request, secrets: bound.secrets })),
    policyVersion: bound.policyVersion,
    ...(bound.consent == null ? {} : { consent: bound.consent }),
  }
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return { sha256: createHash('sha256').update(value).digest('hex'), bytes: value.length }
  if (Array.isArray(value)) return value.map((entry) => withoutBytes(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutBytes(entry)]))
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
