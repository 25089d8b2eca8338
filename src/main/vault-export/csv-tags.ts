/** Tags in one cell of our CSV: `;` between them, and `\\` before a `;` or `\\` of their own. */
export function joinTags(tags: ReadonlyArray<string>): string {
  return tags.map((tag) => tag.replaceAll(/[\\;]/g, '\\$&')).join(';')
}

/** The tags that `joinTags` wrote. */
export function splitTags(cell: string): ReadonlyArray<string> {
  return (cell.match(/(?:\\[\\;]|[^;])+/g) ?? []).map((tag) => tag.replaceAll(/\\([\\;])/g, '$1'))
}
