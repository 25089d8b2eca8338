import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A text that must not be found, and what to call it when it is. */
export type Needle = { readonly name: string; readonly text: string }

/** Bytes to look through; `witness` is text that is surely in them, so that an empty place does not pass for a clean one. */
export type Place = { readonly name: string; readonly bytes: Buffer; readonly witness?: string }

/** Every way in which a text could lie in a file, a log or an answer. */
export function formsOf(text: string): ReadonlyArray<readonly [form: string, bytes: Buffer]> {
  const utf8 = Buffer.from(text, 'utf8')
  const hex = utf8.toString('hex')
  const json = JSON.stringify(text).slice(1, -1)
  const everyUnicode = [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
  const everyPercent = hex.replace(/../g, '%$&')
  const texts: ReadonlyArray<readonly [form: string, text: string]> = [
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ['reversed', [...text].toReversed().join('')],
    ['JSON', json],
    ['JSON with \\/', json.replaceAll('/', '\\/')],
    ['JSON \\u', everyUnicode],
    ['JSON \\U', everyUnicode.toUpperCase().replaceAll('\\U', '\\u')],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['percent', encodeURIComponent(text)],
    ['percent, lower case', encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
    ['percent, all', everyPercent.toUpperCase()],
    ['percent, all, lower case', everyPercent],
    ['form', new URLSearchParams([['', text]]).toString().slice(1)],
    // What stands before decides how the groups fall: each of the three ways, without the characters that hold neighbours.
    ...[0, 1, 2].flatMap((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), utf8]).toString('base64')
      const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + utf8.length) * 8) / 6))
      return [
        [`base64 at ${before}`, own] as const,
        [`base64url at ${before}`, own.replaceAll('+', '-').replaceAll('/', '_')] as const,
      ]
    }),
  ]
  const forms: ReadonlyArray<readonly [string, Buffer]> = [
    ['utf8', utf8],
    ['utf16le', Buffer.from(text, 'utf16le')],
    ['utf16be', Buffer.from(text, 'utf16le').swap16()],
    ...texts.map(([form, value]) => [form, Buffer.from(value)] as const),
  ]
  const seen = new Set<string>()
  return forms.filter(([, bytes]) => {
    const key = bytes.toString('latin1')
    return !seen.has(key) && seen.add(key)
  })
}

/** What was found where: `NEEDLE as FORM in PLACE`; and which places could not be looked at. */
export function search(places: ReadonlyArray<Place>, needles: ReadonlyArray<Needle>): ReadonlyArray<string> {
  const forms = needles.flatMap(({ name, text }) =>
    formsOf(text).map(([form, bytes]) => ({ what: `${name} as ${form}`, bytes })),
  )
  return places.flatMap(({ name, bytes, witness }) => [
    ...forms.filter((form) => bytes.includes(form.bytes)).map(({ what }) => `${what} in ${name}`),
    ...(witness !== undefined && !bytes.includes(witness) ? [`${name} was not read: “${witness}” is missing`] : []),
  ])
}

/** Every file below a folder, names included; sockets and links are not followed. */
export function filesIn(folder: string, name: string): ReadonlyArray<Place> {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    const path = join(folder, file)
    const bytes = lstatSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0)
    return [{ name: `${name}/${file}`, bytes: Buffer.concat([Buffer.from(`${file}\n`), bytes]) }]
  })
}

/** Where a program finds itself and puts what is temporary, to be looked through: also a core dump would lie there. */
export type WatchedFolders = {
  /** To start it with. */
  readonly options: { readonly cwd: string; readonly env: { readonly TMPDIR: string; readonly SQLITE_TMPDIR: string } }
  places(): ReadonlyArray<Place>
}

/** Makes two folders for that in this one. */
export function watchFolders(folder: string): WatchedFolders {
  const [cwd, temporary] = [join(folder, 'cwd'), join(folder, 'temporary')]
  for (const made of [cwd, temporary]) mkdirSync(made)
  return {
    options: { cwd, env: { TMPDIR: temporary, SQLITE_TMPDIR: temporary } },
    places: () => [...filesIn(cwd, 'working folder'), ...filesIn(temporary, 'temporary')],
  }
}

/**
 * What the system shows of a process to others: its arguments, its environment, and files it has open, deleted ones too, as the
 * temporary files of SQLite are. `argument` is surely among its arguments.
 */
export function processFacts(pid: number, argument: string): ReadonlyArray<Place> {
  const folder = `/proc/${pid}`
  const open = readdirSync(`${folder}/fd`).flatMap((fd) => {
    const path = join(folder, 'fd', fd)
    // A pipe would be read without end. One that was closed meanwhile is no longer there.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return []
    return [{ name: `file ${fd} of process ${pid}`, bytes: readFileSync(path) }]
  })
  return [
    { name: `arguments of process ${pid}`, bytes: readFileSync(`${folder}/cmdline`), witness: argument },
    { name: `environment of process ${pid}`, bytes: readFileSync(`${folder}/environ`), witness: 'PATH=' },
    ...open,
  ]
}
