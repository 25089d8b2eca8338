import { createHash } from 'node:crypto'
import { canonicalJson } from '../canonical-json.ts'
import type { Program } from './programs.ts'
import type { Json } from './settings-text.ts'

/** The name of Clawkeep's entry in every program. */
export const entryName = 'clawkeep'

/** What an entry leads to. */
export type Target =
  | { readonly kind: 'http'; readonly url: string; readonly key: string }
  | { readonly kind: 'stdio'; readonly command: ReadonlyArray<string> }

/** The entry in the program's own shape. */
export function entryOf(program: Program, target: Target): Readonly<Record<string, Json>> {
  if (target.kind === 'stdio') {
    const [command = '', ...args] = target.command
    return { command, args }
  }
  if (program.http === null) throw new Error(`${program.id} cannot call an address`)
  const { url, headers, more } = program.http
  return { ...more, [url]: target.url, [headers]: { Authorization: `Bearer ${target.key}` } }
}

/** What an entry that `entryOf` made leads to; null for any other. */
export function targetOf(program: Program, entry: unknown): Target | null {
  const fields = record(entry)
  const { command, args } = fields
  if (program.http === null) {
    if (typeof command !== 'string' || !Array.isArray(args) || !args.every((each) => typeof each === 'string'))
      return null
    return { kind: 'stdio', command: [command, ...args] }
  }
  const url = fields[program.http.url]
  const authorization = record(fields[program.http.headers])['Authorization']
  if (typeof url !== 'string' || typeof authorization !== 'string') return null
  return { kind: 'http', url, key: authorization.replace(/^Bearer /, '') }
}

/** SHA-256 in hex of an entry, whatever the order of its fields. */
export function entryDigest(entry: unknown): string {
  return sha256(canonicalJson(JSON.parse(JSON.stringify(entry))))
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
