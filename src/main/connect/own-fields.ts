import { entryDigest } from './entry.ts'
import type { Program } from './programs.ts'
import type { Json } from './settings-text.ts'

type Fields = Readonly<Record<string, Json>>

/**
 * In the name of a field: it may say where the program calls, with what, or what it starts. `headersHelper` of Claude Code is a
 * command, `env` of a server that is started can load code into it, a second address may come before ours.
 */
const steering =
  /command|cmd|args|env|cwd|url|header|auth|credential|endpoint|transport|proxy|shell|helper|hook|socket/i
/** Too short to be looked for inside others: `description` holds a script, and `security` a URI. */
const steeringWords = new Set(
  'address ca cert dir directory exec file host image key package path pipe port run runtime script secret tls token type uri'.split(
    ' ',
  ),
)
const httpKind = /^(streamable[-_]?)?http$/i

/**
 * Whether an entry still leads where Clawkeep wrote it to lead: the fields that `entryOf` writes are those of the digest, and no other
 * one steers. What a program keeps there of its own (a tool that is always allowed, a time limit) is its business.
 */
export function isAsWritten(program: Program, entry: unknown, digest: string): boolean {
  const fields = fieldsOf(entry)
  const own = ownNames(program)
  const written = Object.entries(fields).filter(([name]) => own.has(name))
  return (
    entryDigest(Object.fromEntries(written)) === digest && written.length === own.size && !hasSteering(program, fields)
  )
}

/** Our fields put into the entry that is there: what steers goes, the options of the program stay, each in its place. */
export function withOwnFields(program: Program, present: unknown, own: Fields): Fields {
  const kept = Object.entries(fieldsOf(present)).filter(
    ([name, value]) => Object.hasOwn(own, name) || isOption(program, name, value),
  )
  return { ...Object.fromEntries(kept), ...own }
}

function hasSteering(program: Program, fields: Fields): boolean {
  const own = ownNames(program)
  return Object.entries(fields).some(([name, value]) => !own.has(name) && !isOption(program, name, value))
}

/** The names of the fields that `entryOf` writes. */
function ownNames({ http }: Program): ReadonlySet<string> {
  return new Set(http === null ? ['command', 'args'] : [http.url, http.headers, ...Object.keys(http.more)])
}

function isOption(program: Program, name: string, value: Json): boolean {
  // Programs that write an entry anew fill in what it does not say, in its own words.
  if ((name === 'type' || name === 'transport') && typeof value === 'string')
    return program.http === null ? value === 'stdio' : httpKind.test(value)
  return !steers(name, value)
}

function steers(name: string, value: Json): boolean {
  if (value === null || value === '') return false
  if (typeof value !== 'object') return isSteering(name)
  const inside = Object.entries(value)
  if (inside.length === 0) return false
  return isSteering(name) || inside.some(([inner, each]) => steers(Array.isArray(value) ? '' : inner, each as Json))
}

function isSteering(name: string): boolean {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  return steering.test(name) || words.split(/[^a-z\d]+/).some((word) => steeringWords.has(word))
}

function fieldsOf(entry: unknown): Fields {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return {}
  return JSON.parse(JSON.stringify(entry)) as Fields
}
