import { keyPlaceholder, type Snippet } from '../../shared/models/connection.ts'
import { formats } from './edit-settings.ts'
import { entryName, entryOf } from './entry.ts'
import type { Machine } from './machine.ts'
import { settingsPath } from './presence.ts'
import { type Program, programs } from './programs.ts'
import type { Json } from './settings-text.ts'

/** What the snippets are made of: the real address, and how the bridge is started. */
export type SnippetParts = {
  readonly machine: Machine
  readonly url: string
  /** Null where this installation has no `clawkeep` command. */
  readonly bridge: ReadonlyArray<string> | null
}

const header = `Authorization: Bearer ${keyPlaceholder}`

/** Ready text for every known program, then for any other; the key's place is marked. */
export function snippets(parts: SnippetParts): ReadonlyArray<Snippet> {
  return [...programs.map((program) => snippetOf(program, parts)), generic(parts)]
}

function snippetOf(program: Program, { machine, url, bridge }: SnippetParts): Snippet {
  const entry: Readonly<Record<string, Json>> =
    program.http === null
      ? {
          ...entryOf(program, { kind: 'stdio', command: bridge ?? ['clawkeep', 'mcp'] }),
          env: { CLAWKEEP_API_KEY: keyPlaceholder },
        }
      : entryOf(program, { kind: 'http', url, key: keyPlaceholder })
  return {
    id: program.id,
    name: program.name,
    where: settingsPath(program, machine),
    text: formats[program.format].set('', [...program.path, entryName], entry).trimEnd(),
    command: program.command?.({ url, header, entry }) ?? null,
    note: program.afterwards,
  }
}

function generic({ url, bridge }: SnippetParts): Snippet {
  const entry = { type: 'http', url, headers: { Authorization: `Bearer ${keyPlaceholder}` } }
  return {
    id: 'generic',
    name: 'Any other program',
    where: 'the program’s MCP settings',
    text: formats.json.set('', ['mcpServers', entryName], entry).trimEnd(),
    command: bridge === null ? null : `${bridge.map(shellWord).join(' ')} --key-file FILE`,
    note: 'A program that only starts commands gets the line for a terminal as its command; FILE holds the key and nothing else.',
  }
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
