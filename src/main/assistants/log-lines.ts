const maxLineChars = 2000
const frameHeaderBytes = 8

/**
 * Splits Docker's log stream (frames of 8 header bytes and a payload, both outputs in one) into clean lines, oldest first.
 * What a program logs is hostile text: escape sequences, control, zero-width and bidi characters are taken out, long lines cut.
 */
export function logLines(stream: Buffer, count: number): ReadonlyArray<string> {
  const parts: Array<Buffer> = []
  let at = 0
  while (at + frameHeaderBytes <= stream.length) {
    const type = stream.readUInt8(at)
    const bytes = stream.readUInt32BE(at + 4)
    // Not a frame: a container with a terminal sends its output as it is.
    if (type > 2) return cleanLines(stream.toString('utf8'), count)
    parts.push(stream.subarray(at + frameHeaderBytes, at + frameHeaderBytes + bytes))
    at += frameHeaderBytes + bytes
  }
  return cleanLines(Buffer.concat(parts).toString('utf8'), count)
}

function cleanLines(text: string, count: number): ReadonlyArray<string> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.slice(-count).map((line) => cleanLine(line))
}

/** One line without anything that could move a cursor or reorder the text. */
export function cleanLine(line: string): string {
  const clean = line
    // The sequences of ECMA-48: CSI, OSC and the two-character ones.
    // oxlint-disable-next-line no-control-regex
    .replace(/\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\^_])/g, '')
    .replace(/\t/g, '  ')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
  return clean.length > maxLineChars ? `${clean.slice(0, maxLineChars)}…` : clean
}
