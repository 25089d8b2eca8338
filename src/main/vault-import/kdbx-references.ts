/** A reference to a field of another entry (https://keepass.info/help/base/fieldrefs.html): `{REF:P@I:` and the UUID in hex. */
const reference = /\{REF:([TUPANI])@I:([0-9A-F]{32})\}/gi
const anyReference = /\{REF:[TUPANI]@[TUPANIO]:[^{}]*\}/i
const wholeReference = new RegExp(`^${reference.source}$`, 'i')
const names: Readonly<Record<string, string>> = { T: 'Title', U: 'UserName', P: 'Password', A: 'URL', N: 'Notes' }

/** As many as KeePass follows. */
const longestChain = 12
/** Many references to one long text would come to more than the file by far. */
const mostChars = 1024 * 1024

export type Resolved = {
  readonly text: string
  /** Whether something of another entry is in the text now. */
  readonly filled: boolean
  /** Whether a reference is left: to no entry, to itself, or one that searches for its entry. */
  readonly open: boolean
}

/** The field of an entry by the entry's UUID (hex, capital letters) and its own name; undefined when there is no such entry. */
export type FieldOf = (uuid: string, name: string) => string | undefined

/** The text with what its references stand for: another program cannot follow them, and the UUIDs do not come along. */
export function resolveReferences(text: string, fieldOf: FieldOf): Resolved {
  if (!anyReference.test(text)) return { text, filled: false, open: false }
  let chars = text.length
  let filled = false
  const result = text.replaceAll(reference, (written: string, field: string, uuid: string) => {
    const found = follow(field, uuid, fieldOf)
    chars += found?.length ?? 0
    if (found === null || chars > mostChars) return written
    filled = true
    return found
  })
  return { text: result, filled, open: anyReference.test(result) }
}

/** Whether the text stands for a password of another entry. */
export function refersToPassword(text: string): boolean {
  return /\{REF:P@/i.test(text)
}

/** A field that is itself one reference is followed; null when that leads nowhere. */
function follow(field: string, uuid: string, fieldOf: FieldOf): string | null {
  let wanted = field.toUpperCase()
  let at = uuid.toUpperCase()
  for (let step = 0; step < longestChain; step += 1) {
    const text = wanted === 'I' ? at : fieldOf(at, names[wanted] ?? '')
    if (text === undefined) return null
    const [, nextField, nextUuid] = wholeReference.exec(text) ?? []
    if (nextField === undefined || nextUuid === undefined) return anyReference.test(text) ? null : text
    wanted = nextField.toUpperCase()
    at = nextUuid.toUpperCase()
  }
  return null
}
