import { type Node, type ParseError, parseTree, printParseErrorCode, visit } from 'jsonc-parser'
import { between, mustBeShallow, mustBeStrict } from './json-scan.ts'
import {
  type EntryPath,
  type Json,
  lineEnd,
  mayShow,
  type Span,
  splice,
  type TextFormat,
  unchangeable,
  unreadable,
  veiled,
  withoutKeys,
} from './settings-text.ts'

/** JSON with comments and trailing commas, as VS Code, Zed and others read it. */
export const jsoncText: TextFormat = {
  read: (text) => plainValue(rootOf(text)),
  find: (text, path) => {
    const found = propertyAt(rootOf(text), path)
    return found === null ? [] : [spanOf(found.property)]
  },
  set,
  remove,
  veil,
}

/** Strict JSON (RFC 8259): a comment in it is a fault that the program itself would stumble over. */
export const jsonText: TextFormat = {
  ...jsoncText,
  read: (text) => {
    const value = jsoncText.read(text)
    if (text.trim() !== '') mustBeStrict(text)
    return value
  },
}

type Found = { readonly property: Node; readonly value: Node; readonly parent: Node }

function rootOf(text: string): Node | null {
  mustBeShallow(text)
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) {
    const what = printParseErrorCode(first.error)
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
    throw unreadable(text, first.offset, what)
  }
  if (root === undefined) return null
  if (root.type !== 'object') throw unreadable(text, root.offset, 'something other than an object')
  return root
}

/** As `JSON.parse` gives it; an object has no prototype, so that a key `__proto__` is only a key. */
function plainValue(node: Node | null): unknown {
  if (node === null) return {}
  if (node.type === 'array') return (node.children ?? []).map(plainValue)
  if (node.type !== 'object') return node.value as unknown
  const result = Object.create(null) as Record<string, unknown>
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? []
    if (key !== undefined && value !== undefined) result[String(key.value)] = plainValue(value)
  }
  return result
}

/** The property, or null. Throws when something on the way is there twice: programs differ in which one they take. */
function propertyAt(root: Node | null, path: EntryPath): Found | null {
  let parent = root
  for (const [depth, name] of path.entries()) {
    if (parent === null) return null
    if (parent.type !== 'object') throw unchangeable(`“${path[depth - 1] ?? ''}” is not an object`)
    const same: ReadonlyArray<Node> = (parent.children ?? []).filter((child) => child.children?.[0]?.value === name)
    if (same.length > 1) throw unchangeable(`“${name}” is there twice`)
    const [property] = same
    const value: Node | undefined = property?.children?.[1]
    if (property === undefined || value === undefined) return null
    if (depth === path.length - 1) return { property, value, parent }
    parent = value
  }
  return null
}

function set(text: string, path: EntryPath, value: Json): string {
  const root = rootOf(text)
  const style = { unit: indentUnit(text), eol: lineEnd(text) }
  if (root === null) {
    const whole = nested(path, value)
    const gap = text === '' || text.endsWith('\n') ? '' : style.eol
    return `${text.trim() === '' ? '' : text + gap}${format(whole, '', style)}${style.eol}`
  }
  const found = propertyAt(root, path)
  if (found !== null) {
    const by = format(value, indentAt(text, found.property.offset), style)
    return splice(text, [{ ...spanOf(found.value), by }])
  }
  // The deepest object that is there takes what is missing below it.
  let parent = root
  let depth = 0
  for (; depth < path.length - 1; depth += 1) {
    const next = propertyAt(parent, path.slice(depth, depth + 1))
    if (next === null) break
    if (next.value.type !== 'object') throw unchangeable(`“${path[depth] ?? ''}” is not an object`)
    parent = next.value
  }
  return insert(text, parent, path[depth] ?? '', nested(path.slice(depth + 1), value), style)
}

type Style = { readonly unit: string; readonly eol: string }

/** Puts a property at the end of an object, behind the last comment in it, which belongs to what stands before. */
function insert(text: string, parent: Node, name: string, value: Json, style: Style): string {
  const children = parent.children ?? []
  const last = children.at(-1)
  const close = parent.offset + parent.length - 1
  const tail = between(text, last === undefined ? parent.offset + 1 : endOf(last), close)
  const base = indentAt(text, parent.offset)
  const first = children[0]
  const ownLine = first !== undefined && /^[ \t]*$/.test(lineBefore(text, first.offset))
  const indent = ownLine ? indentAt(text, first.offset) : base + style.unit
  const closesOnItsLine = /[\r\n]/.test(text.slice(tail.lastEnd, close))
  const written = `${JSON.stringify(name)}: ${format(value, indent, style)}${tail.comma === null ? '' : ','}`
  const property = style.eol + indent + written
  return splice(text, [
    ...(last !== undefined && tail.comma === null ? [{ from: endOf(last), to: endOf(last), by: ',' }] : []),
    {
      from: tail.lastEnd,
      to: closesOnItsLine ? tail.lastEnd : close,
      by: property + (closesOnItsLine ? '' : style.eol + base),
    },
  ])
}

function remove(text: string, path: EntryPath): string {
  const found = propertyAt(rootOf(text), path)
  if (found === null) return text
  const { property, parent } = found
  const children = parent.children ?? []
  const index = children.indexOf(property)
  const close = parent.offset + parent.length - 1
  const next = children[index + 1]
  const after = between(text, endOf(property), next?.offset ?? close)
  const from = backOverSpace(text, property.offset)
  const to = after.comma === null ? endOf(property) : after.comma + 1
  const before = children[index - 1]
  const cuts: Span[] = [{ from, to }]
  if (after.comma === null && before !== undefined) {
    const { comma } = between(text, endOf(before), property.offset)
    if (comma !== null) cuts.push({ from: comma, to: comma + 1 })
  }
  const result = splice(
    text,
    cuts.map((cut) => ({ ...cut, by: '' })),
  )
  if (children.length > 1) return result
  // An object that is empty now and holds no comment is written as one.
  const emptied = result.slice(parent.offset, close + 1 - (to - from))
  return /^\{\s*\}$/.test(emptied)
    ? result.slice(0, parent.offset) + '{}' + result.slice(parent.offset + emptied.length)
    : result
}

function veil(text: string, shown: EntryPath | null): string {
  const own = shown === null ? undefined : jsoncText.find(text, shown)[0]
  const changes: Array<Span & { by: string }> = []
  visit(
    text,
    {
      onLiteralValue: (value, offset, length, _line, _column, pathTo) => {
        if (typeof value !== 'string') return
        const inEntry = own !== undefined && offset >= own.from && offset < own.to
        if (inEntry && mayShow(pathTo().slice(shown?.length), value)) return
        changes.push({ from: offset, to: offset + length, by: `"${veiled}"` })
      },
      onComment: (offset, length) =>
        changes.push({
          from: offset,
          to: offset + length,
          by: text
            .slice(offset, offset + length)
            .split('\n')
            .map(
              (line, index) =>
                (index === 0 ? `${line.slice(0, 2)} ${veiled}` : veiled) + (line.endsWith('\r') ? '\r' : ''),
            )
            .join('\n'),
        }),
    },
    { allowTrailingComma: true },
  )
  return withoutKeys(splice(text, changes))
}

function spanOf(node: Node): Span {
  return { from: node.offset, to: endOf(node) }
}

function endOf(node: Node): number {
  return node.offset + node.length
}

function nested(path: EntryPath, value: Json): Json {
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
}

function format(value: Json, indent: string, { unit, eol }: Style): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent)
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(lineBefore(text, offset))?.[0] ?? ''
}

/** What one level is indented by in this text: the first indented key tells. */
function indentUnit(text: string): string {
  const found = /\n([ \t]+)"/.exec(text)?.[1]
  if (found === undefined) return '  '
  return found.startsWith('\t') ? '\t' : found
}

/** From the offset back over white space and the one line end before it. */
function backOverSpace(text: string, offset: number): number {
  return offset - (/\r?\n?[ \t]*$/.exec(text.slice(0, offset))?.[0].length ?? 0)
}
