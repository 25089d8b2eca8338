/** The canonical JSON (RFC 8785) of a flat array: without objects inside it is what JSON.stringify makes, only faster. */
export function flatJson(parts: ReadonlyArray<string | number | null>): string {
  return JSON.stringify(parts)
}
