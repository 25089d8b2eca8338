const units = ['kB', 'MB', 'GB'] as const

/** A size for a person: `512 B`, `1.5 MB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  const power = Math.min(units.length, Math.floor(Math.log10(count) / 3))
  return `${(count / 1_000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`
}
