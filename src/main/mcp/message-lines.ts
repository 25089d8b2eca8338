import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

const maxLineLength = 2 * 1024 * 1024

/**
 * Gives each line of a stream as MCP's stdio has it: ended by LF, a CR before it dropped, UTF-8. Null for a line of more than
 * 2 Mi characters, which is not kept. Not Node's readline: that ends a line also at U+2028 and U+2029, which JSON texts may
 * hold as they are. Returns what stops it.
 */
export function onMessageLines(input: Readable, take: (line: string | null) => void): () => void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0

  const add = (text: string): void => {
    length += text.length
    if (length > maxLineLength) parts = []
    else parts.push(text)
  }
  const endLine = (): void => {
    const line = length > maxLineLength ? null : parts.join('').replace(/\r$/, '')
    parts = []
    length = 0
    take(line)
  }
  const read = (chunk: Buffer): void => {
    const [first = '', ...others] = decoder.write(chunk).split('\n')
    add(first)
    for (const text of others) {
      endLine()
      add(text)
    }
  }
  const readLast = (): void => {
    if (length > 0) endLine()
  }
  input.on('data', read).once('end', readLast)
  return () => {
    input.off('data', read).off('end', readLast)
    input.pause()
  }
}
